import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { subjectLimitsId } from "../../domain/limits/subject-limits.ts";
import { startFakeAws } from "../../test-support/fake-aws.ts";
import { startFakeServer } from "../../test-support/fake-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
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
  const document = DynamoDBDocumentClient.from(client);
  /** The client, which says the name of each command that is sent. */
  const clientOf = (onSent: (name: string) => void) => ({
    send: ((command: Parameters<typeof document.send>[0], options: object) => {
      onSent(command.constructor.name);
      return document.send(command, options);
    }) as typeof document.send,
  });
  return { aws, clientOf, store: new DynamoKeyStore({ client: document, tableName: "keys" }) };
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

test("the limits of a person's token are requested before the rights are there, and what ends a group's access after them", async () => {
  const { aws, clientOf } = await setUp();
  const ended = subjectLimitsId({ scope: "project", subject: "ended" });
  aws.keys.set(ended, { keyId: ended, revokedAt: "2026-01-01T00:00:00Z" });
  const rights = Promise.withResolvers<ApiKeyItem>();
  const sent: string[] = [];
  const client = clientOf((command) => sent.push(command));
  const store = new DynamoKeyStore({ client, tableName: "keys", principals: { get: () => rights.promise } });
  const found = store.get("user-1@proj_1");
  await eventually(() => expect(sent).toEqual(["BatchGetCommand"]));
  const owner = { type: "user", id: "user-1" } as const;
  rights.resolve({ ...stored, keyId: "user-1@proj_1", projectId: "proj_1", owner, endedBy: [ended] });
  expect(await found).toMatchObject({ owner, revokedAt: "2026-01-01T00:00:00Z" });
  expect(sent).toEqual(["BatchGetCommand", "BatchGetCommand"]);
});

test("a key is held by the project and by the owner that a legal hold is on", async () => {
  const { aws, store } = await setUp();
  const owner = { type: "user", id: "user-1" } as const;
  aws.keys.set(stored.keyId, { ...stored, projectId: "proj_1", owner });
  const held = { limits: [], held: true };
  const ids = [
    subjectLimitsId({ scope: "project", subject: "proj_1" }),
    subjectLimitsId({ scope: "user", subject: "user-1" }),
  ];
  const heldBy = async () => (await store.get(stored.keyId))?.heldBy;
  expect(await heldBy()).toBeUndefined();
  for (const keyId of ids) aws.keys.set(keyId, { keyId, ...held });
  expect(await heldBy()).toEqual(["proj_1", "user-1"]);
});
