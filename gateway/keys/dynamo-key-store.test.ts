import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { startFakeAws } from "../../test-support/fake-aws.ts";
import { startFakeServer } from "../../test-support/fake-server.ts";
import { DynamoKeyStore } from "./dynamo-key-store.ts";

const stored = {
  keyId: "abcdefghijkl",
  hash: "0".repeat(64),
  name: "a",
  plan: "standard",
  createdAt: "2026-01-01T00:00:00Z",
};

async function setUp() {
  const aws = await startFakeAws();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint: aws.url, region: "us-east-1", credentials, maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await aws.stop();
  });
  return { aws, store: new DynamoKeyStore({ client: DynamoDBDocumentClient.from(client), tableName: "keys" }) };
}

test("reads a key's item", async () => {
  const { aws, store } = await setUp();
  aws.keys.set(stored.keyId, stored);
  expect(await store.get(stored.keyId)).toEqual(stored);
});

test("a key that is not there is undefined", async () => {
  const { store } = await setUp();
  expect(await store.get("zzzzzzzzzzzz")).toBeUndefined();
});

test("an item without the form of a key grants no access", async () => {
  const { aws, store } = await setUp();
  aws.keys.set(stored.keyId, { ...stored, hash: "" });
  expect(await store.get(stored.keyId)).toBeUndefined();
});

test("a key that a newer version wrote is read without the fields that this version does not know", async () => {
  const { aws, store } = await setUp();
  aws.keys.set(stored.keyId, { ...stored, budgetUsd: "10", maxPriority: "urgent" });
  expect(await store.get(stored.keyId)).toEqual(stored);
});

test("a read that hangs is tried once more, and rejects when it hangs again", async () => {
  let [calls, hanging] = [0, 1];
  const server = await startFakeServer((_request, response) => {
    if (++calls > hanging) response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}");
  });
  onTestFinished(() => server.stop());
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint: server.origin, region: "us-east-1", credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const store = new DynamoKeyStore({ client: DynamoDBDocumentClient.from(client), tableName: "keys" });
  expect(await store.get("zzzzzzzzzzzz")).toBeUndefined();
  // The key's item twice, and those of its limits.
  expect(calls).toBe(3);
  [calls, hanging] = [0, 9];
  await expect(store.get("zzzzzzzzzzzz")).rejects.toThrow();
  expect(calls).toBe(2);
});

test("rejects when the table can't be read", async () => {
  const { aws, store } = await setUp();
  aws.isBroken = true;
  await expect(store.get(stored.keyId)).rejects.toThrow();
});
