import { describe, expect, test } from "vitest";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { CachedKeyStore } from "./cached-key-store.ts";

const item = (keyId: string): ApiKeyItem => ({
  keyId,
  hash: "0".repeat(64),
  name: "a",
  plan: "standard",
  createdAt: "2026-01-01T00:00:00Z",
});

function setUp(options: { maxEntries?: number } = {}) {
  const state = { drops: 0, now: 0, isBroken: false, reads: [] as string[], items: new Map([["a", item("a")]]) };
  const store = {
    get: async (keyId: string) => {
      state.reads.push(keyId);
      await Promise.resolve();
      if (state.isBroken) throw new Error("no table");
      return state.items.get(keyId);
    },
  };
  return { state, cache: new CachedKeyStore({ store, now: () => state.now, drops: () => state.drops, ...options }) };
}

describe("the key cache", () => {
  test("reads the store once in 5 s, for keys that exist and keys that do not", async () => {
    const { state, cache } = setUp();
    for (const time of [0, 2500, 4999]) {
      state.now = time;
      expect(await cache.get("a")).toEqual(item("a"));
      expect(await cache.get("b")).toBeUndefined();
    }
    expect(state.reads).toEqual(["a", "b"]);
    state.now = 5000;
    await cache.get("a");
    expect(state.reads).toEqual(["a", "b", "a"]);
  });

  test("a key is known without waiting from its read until it is dropped or too old", async () => {
    const { state, cache } = setUp();
    expect(cache.known("a")).toBeUndefined();
    await cache.get("a");
    expect(cache.known("a")).toEqual(item("a"));
    state.now = 5000;
    expect(cache.known("a")).toBeUndefined();
    await cache.get("a");
    state.drops++;
    expect(cache.known("a")).toBeUndefined();
    expect(state.reads).toEqual(["a", "a"]);
  });

  test("reads keys again once they were dropped, also one whose read had begun before", async () => {
    const { state, cache } = setUp();
    const begun = cache.get("a");
    state.drops++;
    await begun;
    await cache.get("a");
    await cache.get("a");
    expect(state.reads).toEqual(["a", "a"]);
  });

  test("a key asked for after it was dropped is read anew, and the read from before does not replace what was found", async () => {
    const responses: ((item: ApiKeyItem) => void)[] = [];
    let drops = 0;
    const store = { get: () => new Promise<ApiKeyItem>((resolve) => responses.push(resolve)) };
    const cache = new CachedKeyStore({ store, now: () => 0, drops: () => drops });
    const before = cache.get("a");
    drops++;
    const after = cache.get("a");
    expect(responses).toHaveLength(2);
    responses[1]?.({ ...item("a"), revokedAt: "2026-02-01T00:00:00Z" });
    expect((await after)?.revokedAt).toBeDefined();
    responses[0]?.(item("a"));
    await before;
    expect((await cache.get("a"))?.revokedAt).toBeDefined();
    expect(responses).toHaveLength(2);
  });

  test("a key that is used all the time is still read again: revoking works within 5 s", async () => {
    const { state, cache } = setUp();
    await cache.get("a");
    state.items.set("a", { ...item("a"), revokedAt: "2026-02-01T00:00:00Z" });
    for (let time = 1000; time < 5000; time += 1000) {
      state.now = time;
      expect((await cache.get("a"))?.revokedAt).toBeUndefined();
    }
    state.now = 5000;
    expect((await cache.get("a"))?.revokedAt).toBeDefined();
  });

  // documented: key-lookups-shared
  test("requests at the same time share one read", async () => {
    const { state, cache } = setUp();
    const responses = await Promise.all(Array.from({ length: 50 }, () => cache.get("a")));
    expect(responses).toEqual(Array(50).fill(item("a")));
    expect(state.reads).toEqual(["a"]);
  });

  // documented: key-table-gone
  test("while the store fails, a key found within the last minute works, and no other key", async () => {
    const { state, cache } = setUp();
    await cache.get("a");
    await cache.get("b");
    state.isBroken = true;
    state.now = 59_999;
    expect(await cache.get("a")).toEqual(item("a"));
    await expect(cache.get("b")).rejects.toThrow("no table");
    await expect(cache.get("c")).rejects.toThrow("no table");
    state.now = 60_000;
    await expect(cache.get("a")).rejects.toThrow("no table");
  });

  test("after a failure, known keys wait for no further read for a second", async () => {
    const { state, cache } = setUp();
    await cache.get("a");
    state.isBroken = true;
    state.now = 10_000;
    for (let index = 0; index < 5; index++) await cache.get("a");
    expect(state.reads).toHaveLength(2);
    state.isBroken = false;
    state.now = 11_000;
    await cache.get("a");
    expect(state.reads).toHaveLength(3);
  });

  test("a failure is not remembered for keys that were never found", async () => {
    const { state, cache } = setUp();
    state.isBroken = true;
    await expect(cache.get("a")).rejects.toThrow("no table");
    state.isBroken = false;
    expect(await cache.get("a")).toEqual(item("a"));
  });

  test("is bounded, and forgets the key that was not used for longest", async () => {
    const { state, cache } = setUp({ maxEntries: 3 });
    for (const keyId of ["a", "b", "c", "a", "d", "a"]) await cache.get(keyId);
    expect(state.reads).toEqual(["a", "b", "c", "d"]);
    await cache.get("b");
    expect(state.reads.at(-1)).toBe("b");
  });
});
