import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryStore } from "./memory-store.ts";

const KIB = 1024;

describe("the memory store", () => {
  test("never takes more than its bytes, whatever is set, read and deleted in whatever order", async () => {
    const key = fc.integer({ min: 0, max: 40 }).map((index) => `cache:${index}`);
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.tuple(fc.constant("set" as const), key, fc.integer({ min: 0, max: 20 * KIB })) },
      fc.tuple(fc.constant("get" as const), key, fc.constant(0)),
      fc.tuple(fc.constant("delete" as const), key, fc.constant(0)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const store = new MemoryStore({ maxBytes: 64 * KIB });
        const stored = new Map<string, number>();
        for (const [kind, name, size] of steps) {
          if (kind === "set" && (await store.set(name, Buffer.alloc(size, 1), 60))) stored.set(name, size);
          if (kind === "get") await store.get(name);
          if (kind === "delete") await store.delete(name);
          expect(store.bytes).toBeLessThanOrEqual(64 * KIB);
        }
        let held = 0;
        for (const name of stored.keys()) held += (await store.get(name))?.length ?? 0;
        expect(held).toBeLessThanOrEqual(store.bytes);
      }),
    );
  });

  test("drops what was used least recently, and counts an entry's own cost", async () => {
    const store = new MemoryStore({ maxBytes: 3 * (KIB + 300) });
    for (const name of ["a", "b", "c"]) await store.set(name, Buffer.alloc(KIB), 60);
    await store.get("a");
    await store.set("d", Buffer.alloc(KIB), 60);
    expect(await store.get("b")).toBeUndefined();
    expect(await store.get("a")).toBeDefined();
    expect(store.size).toBe(3);
    const tiny = new MemoryStore({ maxBytes: 10 * KIB });
    for (let index = 0; index < 1000; index++) await tiny.set(`k${index}`, Buffer.alloc(0), 60);
    expect(tiny.size).toBeLessThan(41);
  });

  test("refuses a value larger than itself, and deletes the one it would have replaced", async () => {
    const store = new MemoryStore({ maxBytes: 4 * KIB });
    await store.set("a", Buffer.alloc(KIB), 60);
    expect(await store.set("a", Buffer.alloc(5 * KIB), 60)).toBe(false);
    expect(await store.get("a")).toBeUndefined();
  });

  test("expires by its clock to the millisecond", async () => {
    let now = 1000;
    const store = new MemoryStore({ maxBytes: 4 * KIB, now: () => now });
    await store.set("a", Buffer.from("a"), 2);
    now += 2000;
    expect(await store.get("a")).toBeDefined();
    now += 1;
    expect(await store.get("a")).toBeUndefined();
  });
});
