import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { createKey } from "../../domain/keys/key-item.ts";
import { KeyUses } from "../../domain/keys/key-uses.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { keyUseWriter } from "../keys/key-use-writer.ts";
import { startDynamoTable } from "../test/dynamo-table.ts";
import { startTestGateway } from "../test/test-gateway.ts";

const NOW = Date.parse("2026-06-01T12:00:00.000Z");

/** The uses of two threads of one process, with clocks that the test sets. */
function setUp(write?: (keyId: string, at: Date) => Promise<void>) {
  const clock = { now: 1000 };
  const written: string[] = [];
  const failures: unknown[] = [];
  const memory = KeyUses.memory();
  const threads = [1, 2].map(
    () =>
      new KeyUses({
        write:
          write ??
          (async (keyId, at) => {
            written.push(`${keyId} ${at.toISOString().slice(11, 19)}`);
          }),
        memory,
        now: () => clock.now,
        wallClock: () => NOW + clock.now - 1000,
        onFailure: (error) => failures.push(error),
      }),
  );
  return { one: threads[0]!, other: threads[1]!, clock, written, failures };
}

describe("the last use of a key", () => {
  test("is stored once a minute for each key, whatever the threads", () => {
    const { one, other, clock, written } = setUp();
    for (const uses of [one, other, one]) for (const keyId of ["a", "b"]) uses.used({ keyId });
    clock.now += 59_999;
    one.used({ keyId: "a" });
    clock.now += 1;
    other.used({ keyId: "a" });
    expect(written).toEqual(["a 12:00:00", "b 12:00:00", "a 12:01:00"]);
  });

  test("is not stored where another process stored one within the minute", () => {
    const { one, written, clock } = setUp();
    one.used({ keyId: "a", lastUsedAt: new Date(NOW - 59_000).toISOString() });
    expect(written).toEqual([]);
    clock.now += 1000;
    one.used({ keyId: "a", lastUsedAt: new Date(NOW - 59_000).toISOString() });
    expect(written).toEqual(["a 12:00:01"]);
  });

  test("that can't be stored is reported once a minute, and at most sixteen writes of a thread run at a time", async () => {
    const writes: ((error: Error) => void)[] = [];
    const { one, failures, clock } = setUp(() => new Promise((_, reject) => writes.push(reject)));
    for (let index = 0; index < 40; index++) one.used({ keyId: `k${index}` });
    expect(writes).toHaveLength(16);
    for (const reject of writes) reject(new Error("no table"));
    await eventually(() => expect(failures).toHaveLength(1));
    clock.now += 60_000;
    one.used({ keyId: "k39" });
    writes.at(-1)?.(new Error("no table"));
    await eventually(() => expect(failures).toHaveLength(2));
  });

  // documented: key-last-used
  test("is in the table soon after a request, and never goes back; a key that is gone is not made again", async () => {
    const client = await startDynamoTable("uses", "keyId");
    const { item, secret } = createKey({ name: "k", plan: "standard", createdAt: new Date(NOW), models: ["tiny"] });
    await client.send(new PutCommand({ TableName: "uses", Item: item }));
    const write = keyUseWriter(client, "uses");
    const memory = KeyUses.memory();
    const wallClock = () => NOW;
    const onFailure = (error: unknown) => expect(error).toBeUndefined();
    const keyUses = new KeyUses({ write, memory, now: () => performance.now(), wallClock, onFailure });
    const { url } = await startTestGateway({
      config: { auth: "required" },
      keys: { get: async () => item },
      keyUses,
      wallClock,
    });
    const stored = async (keyId = item.keyId) =>
      (await client.send(new GetCommand({ TableName: "uses", Key: { keyId }, ConsistentRead: true }))).Item;
    const authorization = `Bearer ${secret}`;
    expect((await fetch(`${url}/v1/models`, { headers: { authorization } })).status).toBe(200);
    await eventually(async () => expect(await stored()).toEqual({ ...item, lastUsedAt: new Date(NOW).toISOString() }));
    await write(item.keyId, new Date(NOW - 1000));
    expect((await stored())?.lastUsedAt).toBe(new Date(NOW).toISOString());
    await write(item.keyId, new Date(NOW + 1000));
    expect((await stored())?.lastUsedAt).toBe(new Date(NOW + 1000).toISOString());
    await write("aaaaaaaaaaaa", new Date(NOW));
    expect(await stored("aaaaaaaaaaaa")).toBeUndefined();
  });

  test("is stored for no request that is refused, and a write that never ends delays no request", async () => {
    const { item, secret } = createKey({ name: "k", plan: "standard", createdAt: new Date(NOW), scopes: ["read"] });
    const used: string[] = [];
    const { url } = await startTestGateway({
      config: { auth: "required" },
      keys: { get: async () => item },
      keyUses: new KeyUses({
        write: (keyId) => {
          used.push(keyId);
          return new Promise(() => undefined);
        },
        memory: KeyUses.memory(),
        now: () => performance.now(),
        wallClock: Date.now,
        onFailure: () => undefined,
      }),
    });
    const send = (path: string, presented: string, method = "GET") =>
      fetch(url + path, { method, headers: { authorization: `Bearer ${presented}` } });
    expect((await send("/v1/models", `${secret.slice(0, -6)}000000`)).status).toBe(401);
    expect((await send("/v1/chat/completions", secret, "POST")).status).toBe(403);
    expect(used).toEqual([]);
    for (let count = 0; count < 3; count++) expect((await send("/v1/models", secret)).status).toBe(200);
    expect(used).toEqual([item.keyId]);
  });
});
