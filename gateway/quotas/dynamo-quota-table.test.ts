import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { USAGE_TABLE } from "../../contracts/usage/usage-counter.ts";
import { startDynamoTable } from "../test/dynamo-table.ts";
import { DynamoQuotaTable } from "./dynamo-quota-table.ts";

const NAME = "test-usage";
const sum = { name: "key:k:tokens:day", window: "2026-11-29", expiresAt: 1_800_000_000 };

async function start() {
  const client = await startDynamoTable(NAME, USAGE_TABLE.hashKey, USAGE_TABLE.rangeKey);
  const item = async () =>
    (await client.send(new GetCommand({ TableName: NAME, Key: { series: `quota ${sum.name}`, entry: sum.window } })))
      .Item;
  return { table: new DynamoQuotaTable({ client, tableName: NAME }), item };
}

describe("the table of quotas", () => {
  test("adds under a limit in one conditional write, and counts what is used beside it", async () => {
    const { table, item } = await start();
    expect(await table.add(sum, 60, 0, 100)).toMatchObject({ isAdded: true, drawn: 60, used: 0 });
    const added = await Promise.all(Array.from({ length: 6 }, () => table.add(sum, 10, 1, 100)));
    expect(added.filter(({ isAdded }) => isAdded).length).toBe(4);
    expect(await table.add(sum, -30, 5)).toMatchObject({ isAdded: true, drawn: 70, used: 9 });
    expect(await table.add(sum, 31, 0, 100)).toMatchObject({ isAdded: false, drawn: 70, used: 9 });
    expect(await table.add(sum, 101, 0, 100)).toMatchObject({ isAdded: false, drawn: 70 });
    expect(await item()).toMatchObject({ [USAGE_TABLE.ttlAttribute]: 1_800_000_000 });
  });

  test("retains what has no end", async () => {
    const { table, item } = await start();
    await table.add({ ...sum, expiresAt: undefined }, 1, 1);
    expect(await item()).not.toHaveProperty(USAGE_TABLE.ttlAttribute);
  });

  test("reads the sum from the refusal of a condition, as DynamoDB sends it and its local stand-in does not", async () => {
    let calls = 0;
    const send = () => {
      calls++;
      const Item = { drawn: { N: "95" }, used: { N: "90" }, reported: { N: "80" }, reportedMax: { N: "100" } };
      return Promise.reject(new ConditionalCheckFailedException({ message: "refused", $metadata: {}, Item }));
    };
    const table = new DynamoQuotaTable({ client: { send }, tableName: NAME });
    const count = { isAdded: false, drawn: 95, used: 90, reported: 80, reportedMax: 100 };
    expect([await table.add(sum, 10, 0, 100), calls]).toEqual([count, 1]);
  });

  test("takes an item with something else than a whole number for a table that can't be read", async () => {
    const send = () => Promise.resolve({ Item: { drawn: "many" } });
    const table = new DynamoQuotaTable({ client: { send }, tableName: NAME });
    await expect(table.read(sum)).rejects.toThrow("the sum of a quota is no whole number");
  });
});
