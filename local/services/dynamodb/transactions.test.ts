import {
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { createTable } from "../../../test-support/create-table.ts";
import { bind } from "../../http/server.ts";
import { LOCAL_CREDENTIALS } from "../../runtime/aws-environment.ts";
import { LocalDynamoDb } from "./local-dynamodb.ts";

const TableName = "records";

/** @param cuts how many responses to transactions are cut off @param maxAttempts of the client */
async function started({ cuts = 0, maxAttempts = 1 } = {}) {
  const dynamodb = new LocalDynamoDb(undefined);
  let left = cuts;
  const bound = await bind(0, "", (request, response) => {
    const isTransaction = String(request.headers["x-amz-target"]).endsWith("TransactWriteItems");
    if (isTransaction && left-- > 0) response.end = () => response.destroy();
    dynamodb.handle(request, response);
  });
  const endpoint = `http://127.0.0.1:${bound.port}`;
  const client = new DynamoDBClient({ endpoint, region: "eu-west-1", credentials: LOCAL_CREDENTIALS, maxAttempts });
  onTestFinished(async () => {
    client.destroy();
    await bound.close();
    await dynamodb.close();
  });
  await dynamodb.createTable({ name: TableName, hash_key: "id", attribute: [{ name: "id", type: "S" }] });
  const write = (...TransactItems: TransactWriteItem[]) =>
    client.send(new TransactWriteItemsCommand({ TransactItems }));
  const put = (id: string, n: string) =>
    client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, n: { N: n } } }));
  const read = async (id: string) =>
    (await client.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }))).Item?.n?.N;
  return { client, write, put, read };
}

const key = (id: string) => ({ TableName, Key: { id: { S: id } } });
const create = (id: string, n: string): TransactWriteItem => ({
  Put: { TableName, Item: { id: { S: id }, n: { N: n } }, ConditionExpression: "attribute_not_exists(id)" },
});
const add = (id: string): TransactWriteItem => ({
  Update: {
    ...key(id),
    UpdateExpression: "ADD n :one",
    ExpressionAttributeValues: { ":one": { N: "1" } },
  },
});

describe("a transaction of the local DynamoDB", () => {
  test("does all its actions", async () => {
    const { write, put, read } = await started();
    await put("deleted", "1");
    await put("updated", "1");
    await put("checked", "1");
    await write(
      create("created", "5"),
      { Delete: key("deleted") },
      add("updated"),
      { ConditionCheck: { ...key("checked"), ConditionExpression: "attribute_exists(id)" } },
      { ConditionCheck: { ...key("absent"), ConditionExpression: "attribute_not_exists(id)" } },
    );
    expect(await Promise.all(["created", "deleted", "updated", "checked", "absent"].map(read))).toEqual([
      "5",
      undefined,
      "2",
      "1",
      undefined,
    ]);
  });

  test("does none of its actions when one condition fails, and names that one", async () => {
    const { client, write, put, read } = await started();
    await put("deleted", "1");
    await put("updated", "1");
    const error = await write(create("created", "5"), { Delete: key("deleted") }, add("updated"), {
      ConditionCheck: { ...key("absent"), ConditionExpression: "attribute_exists(id)" },
    }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    const codes = (error as TransactionCanceledException).CancellationReasons?.map(({ Code }) => Code);
    expect(codes).toEqual(["None", "None", "None", "ConditionalCheckFailed"]);
    expect(await Promise.all(["created", "deleted", "updated"].map(read))).toEqual([undefined, "1", "1"]);
    expect((await client.send(new ScanCommand({ TableName }))).Count).toBe(2);
  });

  test("of many that create the same item, one succeeds and its other actions alone are done", async () => {
    const { write, put, read } = await started();
    await put("count", "0");
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => write(add("count"), create("one", "1"))));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await read("count")).toBe("1");
  });

  test("is never seen half done by another request", async () => {
    const { client, write, put } = await started();
    await Promise.all([put("a", "0"), put("b", "0")]);
    const writes = Array.from({ length: 10 }, () => write(add("a"), add("b")));
    const scans = await Promise.all(
      Array.from({ length: 20 }, () => client.send(new ScanCommand({ TableName, ConsistentRead: true }))),
    );
    await Promise.all(writes);
    for (const { Items = [] } of scans) expect(new Set(Items.map((item) => item.n?.N)).size).toBe(1);
  });

  // documented: transaction-sent-again
  test("is made once when its response is cut off and the client sends it again, and succeeds", async () => {
    const { write, put, read } = await started({ cuts: 2, maxAttempts: 3 });
    await put("count", "0");
    await write(add("count"), create("one", "1"));
    expect([await read("count"), await read("one")]).toEqual(["1", "1"]);
  });

  test("with the token of another one is refused, and one that was cancelled may be sent again with its token", async () => {
    const { client, write, read } = await started();
    const send = (ClientRequestToken: string, ...TransactItems: TransactWriteItem[]) =>
      client.send(new TransactWriteItemsCommand({ ClientRequestToken, TransactItems }));
    await write(create("one", "1"));
    await expect(send("t1", create("one", "2"))).rejects.toThrow(/ConditionalCheckFailed/);
    await write({ Delete: key("one") });
    await send("t1", create("one", "2"));
    await send("t1", create("one", "2"));
    await expect(send("t1", create("two", "2"))).rejects.toMatchObject({
      name: "IdempotentParameterMismatchException",
    });
    expect([await read("one"), await read("two")]).toEqual(["2", undefined]);
  });

  test("with two actions on one item is refused", async () => {
    const { write } = await started();
    await expect(write(create("a", "1"), add("a"))).rejects.toThrow(/multiple operations on one item/);
  });
});

test("a client that leaves while it waits for a transaction holds up no later one", async () => {
  const { client, write, read } = await started();
  const whole = (kind: string) => write(...Array.from({ length: 60 }, (_, index) => create(`${kind}${index}`, "1")));
  let isRunning = true;
  const first = whole("a").finally(() => (isRunning = false));
  let left = 0;
  while (isRunning) {
    const get = new GetItemCommand({ TableName, Key: { id: { S: "a0" } } });
    await client.send(get, { abortSignal: AbortSignal.timeout(5) }).catch(() => left++);
  }
  await first;
  await whole("b");
  expect(left).toBeGreaterThan(0);
  expect(await read("b59")).toBe("1");
});

test("a table that was deleted and made anew with another key is known by that", async () => {
  const { client, write } = await started();
  await write(create("one", "1"));
  await client.send(new DeleteTableCommand({ TableName }));
  await createTable(client, {
    TableName,
    KeySchema: [{ AttributeName: "n", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "n", AttributeType: "N" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  await write(create("one", "1"), create("one", "2"));
  expect((await client.send(new ScanCommand({ TableName }))).Count).toBe(2);
});
