import { describe, expect, onTestFinished, test } from "vitest";
import { KEYS_POLL_SECONDS } from "../contracts/processes/poll-intervals.ts";
import { CachedKeyStore } from "../gateway/keys/cached-key-store.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { KeyChanges, keyChangesReader, keyDrops } from "../gateway/keys/key-changes.ts";
import { createSharedMemory } from "../gateway/shared-memory/shared-memory.ts";
import { chat, post, testConfig } from "../gateway/test/test-gateway.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { numbered, setUp } from "./test/batch-gateway.ts";
import { isOver, openAi, resultsOf, submit, until } from "./test/batch-storage.ts";
import { controlMembers } from "./test/control-members.ts";

const ID = "user-ada";
const CHAT = "/v1/chat/completions";
const LINES = 60;

/**
 * A member with a key of her own, who has a batch of which some requests have ended and some have not.
 * @param firstByteMs what each request of the batch takes
 */
async function started(firstByteMs: number) {
  const { owner, joinWithKey, url, document, keys: table, clock } = await controlMembers();
  clock.ms = Date.now();
  const project = await owner.projects.create({ name: "search" });
  const admin = await joinWithKey(ID, "member");
  await owner.projects.users.create(project.id, { user_id: ID, role: "member" });
  const path = `/organization/projects/${project.id}/api_keys`;
  const call = async (method: string, id: string, body: object | undefined) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}${id}`, {
      method,
      headers: { authorization: `Bearer ${admin}` },
      ...sent,
    });
    expect(response.status).toBe(200);
    return (await response.json()) as { id: string; value: string };
  };
  const key = await call("POST", "", { name: "laptop" });
  const memory = createSharedMemory(testConfig());
  const read = keyChangesReader(document, table);
  const changes = new KeyChanges({ read, memory: memory.keyDrops, pollMs: 1000 * KEYS_POLL_SECONDS });
  changes.start();
  onTestFinished(() => changes.stop());
  const gateway = await setUp({
    config: { auth: "required" },
    memory,
    engines: [{ firstByteMs }],
    keys: new CachedKeyStore({
      now: () => performance.now(),
      drops: keyDrops(memory.keyDrops),
      store: new DynamoKeyStore({ client: document, tableName: table }),
    }),
  });
  const send = async (secret: string) =>
    (await post(gateway.url, CHAT, chat(), { authorization: `Bearer ${secret}` })).status;
  const before = openAi(gateway.url, key.value);
  const batch = await submit(before, numbered(LINES));
  const received = () => gateway.engines[0]?.received.filter(({ path }) => path === CHAT).length ?? 0;
  await eventually(() => expect(received()).toBeGreaterThan(8));
  return { key, call, gateway, send, batch, received };
}

describe("a batch that is in progress", () => {
  // documented: key-rotated-during-batch
  test("goes on when its key is rotated without an overlap, and is read with the new secret, while the one before is refused", async () => {
    const { key, call, gateway, send, batch, received } = await started(100);
    const next = await call("POST", `/${key.id}/rotate`, { overlap_seconds: 0 });
    expect(received()).toBeLessThan(LINES);
    await eventually(async () => expect(await send(key.value)).toBe(401));
    const after = openAi(gateway.url, next.value);
    const over = await until(after, batch.id, isOver);
    expect(over).toMatchObject({ status: "completed", request_counts: { total: LINES, completed: LINES, failed: 0 } });
    expect(await resultsOf(after, over.output_file_id)).toHaveLength(LINES);
    await expect(openAi(gateway.url, key.value).batches.retrieve(batch.id)).rejects.toMatchObject({ status: 401 });
  });

  test("sends no further request once its key is deleted, but ends each that is left with 401", async () => {
    const { key, call, gateway, received } = await started(1000);
    await call("DELETE", `/${key.id}`, undefined);
    const lines = () => gateway.log().filter(({ rule }) => rule === "key-revoked");
    await eventually(() => expect(lines().length).toBeGreaterThan(0));
    expect(received()).toBeLessThan(LINES);
    await eventually(() => expect(received() + lines().length).toBe(LINES));
  });
});
