import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { KEYS_POLL_SECONDS } from "../contracts/processes/poll-intervals.ts";
import { isKeyLive } from "../domain/keys/check-key.ts";
import { createKey } from "../domain/keys/key-item.ts";
import { countChangeUpdate, revokeUpdate } from "../domain/keys/key-updates.ts";
import { CachedKeyStore } from "../gateway/keys/cached-key-store.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { KeyChanges, keyChangesReader, keyDrops } from "../gateway/keys/key-changes.ts";
import { bind } from "./http/server.ts";
import { LOCAL_CREDENTIALS } from "./runtime/aws-environment.ts";
import { LocalDynamoDb } from "./services/dynamodb/local-dynamodb.ts";

const TABLE = "keys";
/** So long that no key is read again because of its age. */
const AGE_MS = 600_000;

/** A real keys table, and the caches of two threads of each of three gateway processes on it. */
async function setUp() {
  const dynamodb = new LocalDynamoDb(undefined);
  const bound = await bind(0, "", (request, response) => dynamodb.handle(request, response));
  const endpoint = `http://127.0.0.1:${bound.port}`;
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint, region: "eu-west-1", credentials: LOCAL_CREDENTIALS }),
  );
  await dynamodb.createTable({ name: TABLE, hash_key: "keyId", attribute: [{ name: "keyId", type: "S" }] });
  const count = keyChangesReader(client, TABLE);
  const state = { isBroken: false, polls: 0, open: 0 };
  const read = async () => {
    state.polls++;
    if (state.isBroken) throw new Error("no table");
    state.open++;
    return await count().finally(() => state.open--);
  };
  const processes = [1, 2, 3].map(() => {
    const memory = new SharedArrayBuffer(4);
    const changes = new KeyChanges({ read, memory, pollMs: 1000 * KEYS_POLL_SECONDS });
    changes.start();
    const store = new DynamoKeyStore({ client, tableName: TABLE });
    const threads = [1, 2].map(
      () => new CachedKeyStore({ store, now: () => performance.now(), drops: keyDrops(memory), ttlMs: AGE_MS }),
    );
    return { changes, threads };
  });
  onTestFinished(async () => {
    for (const { changes } of processes) changes.stop();
    while (state.open > 0) await sleep(10);
    client.destroy();
    await bound.close();
    await dynamodb.close();
  });
  const caches = processes.flatMap(({ threads }) => threads);
  const add = async () => {
    const { item } = createKey({ name: "k", plan: "standard", createdAt: new Date() });
    await client.send(new PutCommand({ TableName: TABLE, Item: item }));
    return item.keyId;
  };
  const revoke = async (keyId: string) => {
    for (const update of [revokeUpdate(keyId, new Date()), countChangeUpdate(new Date())])
      await client.send(new UpdateCommand({ TableName: TABLE, ...update }));
  };
  /** Whether each thread's cache has the key as one that works. */
  const live = async (keyId: string) =>
    await Promise.all(
      caches.map(async (cache) => {
        const item = await cache.get(keyId);
        return item !== undefined && isKeyLive(item, Date.now());
      }),
    );
  return { add, revoke, live, state };
}

// documented: key-revocation-one-second
test("every thread of three gateways refuses a revoked key once its process has read the count again, within 0.5 s", async () => {
  const { add, revoke, live } = await setUp();
  for (const pauseMs of [0, 130, 260, 390]) {
    const keyId = await add();
    await sleep(pauseMs);
    expect(await live(keyId)).toEqual(Array(6).fill(true));
    await revoke(keyId);
    while ((await live(keyId)).includes(true)) await sleep(10);
  }
  expect(KEYS_POLL_SECONDS).toBeLessThanOrEqual(0.5);
});

test("keys stay cached while none changes, and while the count of changes can't be read", async () => {
  const { add, revoke, live, state } = await setUp();
  const keyId = await add();
  await sleep(100);
  await live(keyId);
  state.isBroken = true;
  await revoke(keyId);
  const { polls } = state;
  while (state.polls < polls + 6) await sleep(20);
  expect(await live(keyId)).toEqual(Array(6).fill(true));
  state.isBroken = false;
  while ((await live(keyId)).includes(true)) await sleep(10);
});
