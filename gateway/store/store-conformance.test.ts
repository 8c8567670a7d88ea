import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { noRedisServer, startRedisServer } from "../../test-support/redis-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import type { FastStore } from "./fast-store.ts";
import { MemoryStore } from "./memory-store.ts";
import { ValkeyStore } from "./valkey-store.ts";

const STORES: readonly (readonly [name: string, missing: string | undefined, open: () => Promise<FastStore>])[] = [
  ["memory", undefined, async () => new MemoryStore({ maxBytes: 32 * 1024 * 1024 })],
  ["Valkey", noRedisServer, openValkey],
];

async function openValkey(): Promise<FastStore> {
  const server = await startRedisServer();
  // The wait belongs to the tests of slowness; here a busy machine must not turn a hit into a miss.
  const store = new ValkeyStore({ url: server.url, commandTimeoutMs: 10_000 });
  onTestFinished(async () => {
    await store.close();
    await server.stop();
  });
  await eventually(() => expect(store.isAvailable).toBe(true));
  return store;
}

describe.each(STORES)("the %s store", (_name, missing, open) => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test("returns exactly the bytes that were set, whatever they are", async () => {
    const store = await open();
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7) % 256));
    expect(await store.set("cache:a", bytes, 60)).toBe(true);
    expect(await store.set("cache:empty", Buffer.alloc(0), 60)).toBe(true);
    expect((await store.get("cache:a"))?.equals(bytes)).toBe(true);
    expect(await store.get("cache:empty")).toEqual(Buffer.alloc(0));
    expect(await store.get("cache:other")).toBeUndefined();
  });

  test("does not change with the buffers that were set and got", async () => {
    const store = await open();
    const bytes = Buffer.from("first");
    await store.set("cache:a", bytes, 60);
    bytes.fill("x");
    (await store.get("cache:a"))?.fill("y");
    expect(String(await store.get("cache:a"))).toBe("first");
  });

  test("replaces a value together with its time to live", async () => {
    const store = await open();
    await store.set("cache:a", Buffer.from("short"), 0.05);
    await store.set("cache:a", Buffer.from("long"), 60);
    await sleep(80);
    expect(String(await store.get("cache:a"))).toBe("long");
  });

  test("forgets a value when its time to live is over", async () => {
    const store = await open();
    await store.set("cache:a", Buffer.from("soon gone"), 0.05);
    await eventually(async () => expect(await store.get("cache:a")).toBeUndefined());
  });

  test("deletes one key and leaves its neighbours", async () => {
    const store = await open();
    await store.set("cache:a", Buffer.from("a"), 60);
    await store.set("cache:ab", Buffer.from("ab"), 60);
    expect(await store.delete("cache:a")).toBe(true);
    expect(await store.delete("cache:never")).toBe(true);
    expect(await store.get("cache:a")).toBeUndefined();
    expect(String(await store.get("cache:ab"))).toBe("ab");
  });

  test("deletes by prefix, in which no character is a wildcard", async () => {
    const store = await open();
    for (let index = 0; index < 1200; index++) await store.set(`cache:*:${index}`, Buffer.from("x"), 60);
    await store.set("cache:other", Buffer.from("x"), 60);
    await store.set("answer:*:1", Buffer.from("x"), 60);
    expect(await store.deletePrefix("cache:*")).toBe(1200);
    expect(await store.deletePrefix("cache:*")).toBe(0);
    expect(await store.get("cache:*:7")).toBeUndefined();
    expect(await store.get("cache:other")).toBeDefined();
    expect(await store.get("answer:*:1")).toBeDefined();
  });

  test("looks empty once it is closed", async () => {
    const store = await open();
    await store.set("cache:a", Buffer.from("a"), 60);
    await store.close();
    expect(await store.get("cache:a")).toBeUndefined();
  });
});
