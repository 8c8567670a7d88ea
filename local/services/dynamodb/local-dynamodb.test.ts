import { once } from "node:events";
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { bind } from "../../http/server.ts";
import { LOCAL_CREDENTIALS } from "../../runtime/aws-environment.ts";
import { temporaryFolder } from "../../test/tools.ts";
import { LocalDynamoDb } from "./local-dynamodb.ts";

const KEYS = { name: "keys", hash_key: "keyId", attribute: [{ name: "keyId", type: "S" }] };
const ITEM = { keyId: { S: "a" }, plan: { S: "standard" } };

/** DynamoDB behind a socket, as the twin's AWS endpoint has it. */
async function started(folder?: string) {
  const dynamodb = new LocalDynamoDb(folder);
  const bound = await bind(0, "", (request, response) => dynamodb.handle(request, response));
  const endpoint = `http://127.0.0.1:${bound.port}`;
  const client = new DynamoDBClient({ endpoint, region: "eu-west-1", credentials: LOCAL_CREDENTIALS });
  let isOpen = true;
  const stop = async () => {
    if (!isOpen) return;
    isOpen = false;
    client.destroy();
    await bound.close();
    await dynamodb.close();
  };
  onTestFinished(stop);
  const create = (config: Parameters<LocalDynamoDb["createTable"]>[0]) => dynamodb.createTable(config);
  const get = async () =>
    (await client.send(new GetItemCommand({ TableName: "keys", Key: { keyId: { S: "a" } } }))).Item;
  return { client, create, get, stop };
}

describe("DynamoDB on this machine", () => {
  test("has the table as soon as it is created, with its key", async () => {
    const { client, create, get } = await started();
    await create(KEYS);
    await client.send(new PutItemCommand({ TableName: "keys", Item: ITEM }));
    expect(await get()).toEqual(ITEM);
  });

  test("creating a table twice is fine and leaves what is in it", async () => {
    const { client, create, get } = await started();
    await create(KEYS);
    await client.send(new PutItemCommand({ TableName: "keys", Item: ITEM }));
    await create(KEYS);
    expect(await get()).toEqual(ITEM);
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(["keys"]);
  });

  test("a new table is waited for on a machine that stands still for ten seconds between two looks", async () => {
    const { client, create } = await started();
    let now = 0;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => (now += 10_000));
    onTestFinished(() => clock.mockRestore());
    await create(KEYS);
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(["keys"]);
  });

  test("a table whose creation was interrupted is refused at once, with the remedy", async () => {
    const folder = temporaryFolder();
    const interrupted = dynalite({ path: folder, createTableMs: 1e9 });
    interrupted.listen(0, "127.0.0.1");
    await once(interrupted, "listening");
    const address = interrupted.address();
    const endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const client = new DynamoDBClient({ endpoint, region: "eu-west-1", credentials: LOCAL_CREDENTIALS });
    const AttributeDefinitions = [{ AttributeName: "keyId", AttributeType: "S" as const }];
    const KeySchema = [{ AttributeName: "keyId", KeyType: "HASH" as const }];
    await client.send(
      new CreateTableCommand({ TableName: "keys", AttributeDefinitions, KeySchema, BillingMode: "PAY_PER_REQUEST" }),
    );
    client.destroy();
    await new Promise<void>((resolve) => interrupted.close(() => resolve()));
    const { create } = await started(folder);
    await expect(create(KEYS)).rejects.toThrow(
      /keys is incomplete: an earlier run was interrupted; start with --fresh/,
    );
  });

  test("a table that DynamoDB would refuse is refused with its name and the reason", async () => {
    const { create } = await started();
    await expect(create({ ...KEYS, name: "a" })).rejects.toThrow(/The local table a was refused: .*at least 3/);
  });

  test("a range key is part of the key; attributes that are no key need no declaration", async () => {
    const { client, create } = await started();
    const attribute = [
      { name: "team", type: "S" },
      { name: "day", type: "N" },
      { name: "index-only", type: "S" },
    ];
    await create({ name: "usage", hash_key: "team", range_key: "day", attribute });
    for (const day of ["1", "2"])
      await client.send(new PutItemCommand({ TableName: "usage", Item: { team: { S: "a" }, day: { N: day } } }));
    const key = { team: { S: "a" }, day: { N: "2" } };
    expect((await client.send(new GetItemCommand({ TableName: "usage", Key: key }))).Item).toEqual(key);
  });

  test("data survives a restart when there is a folder, and does not without one", async () => {
    const folder = `${temporaryFolder()}/data/dev`;
    for (const [stored, wanted] of [
      [folder, ITEM],
      [undefined, undefined],
    ] as const) {
      const before = await started(stored);
      await before.create(KEYS);
      await before.client.send(new PutItemCommand({ TableName: "keys", Item: ITEM }));
      await before.stop();
      const after = await started(stored);
      await after.create(KEYS);
      expect(await after.get()).toEqual(wanted);
    }
  });

  test("an attribute of a type that is no key's is refused with the type", async () => {
    const { create } = await started();
    const attribute = [{ name: "keyId", type: "SS" }];
    await expect(create({ ...KEYS, attribute })).rejects.toThrow("must be S, N or B, got SS");
  });
});
