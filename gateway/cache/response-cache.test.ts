import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SharedCount } from "../core/shared-count.ts";
import { MemoryStore } from "../store/memory-store.ts";
import type { CachedResponse } from "./cached-response.ts";
import { ResponseCache } from "./response-cache.ts";

const clears = new SharedCount(new SharedArrayBuffer(4));
const response = (size: number, storedAt = 0): CachedResponse => ({
  kind: "whole",
  storedAt,
  promptTokens: 1,
  completionTokens: 1,
  usageEvent: [0, 0],
  bytes: Buffer.alloc(size, 0x61),
});

describe("cached responses", () => {
  test("take no more than their memory, whatever is stored", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 40 }), async (sizes) => {
        const cache = new ResponseCache({ clears, memoryBytes: 128 * 1024, now: () => 0 });
        for (const [index, size] of sizes.entries()) {
          cache.put(`cache:answer:${index}`, response(size), 60);
          expect(cache.memoryBytes).toBeLessThanOrEqual(128 * 1024);
        }
        const last = sizes.length - 1;
        if (last >= 0) expect(await cache.get(`cache:answer:${last}`, 60)).toMatchObject({ level: "memory" });
      }),
    );
  });

  test("are not stored when they are over a megabyte", async () => {
    const cache = new ResponseCache({ clears, memoryBytes: 8 * 1024 * 1024, now: () => 0 });
    cache.put("a", response(1024 * 1024), 60);
    cache.put("b", response(1024 * 1024 + 1), 60);
    expect(await cache.get("a", 60)).toBeDefined();
    expect(await cache.get("b", 60)).toBeUndefined();
  });

  // documented: cache-age-across-levels
  test("have the same age when they come from the shared store to this process", async () => {
    let now = 0;
    const store = new MemoryStore({ maxBytes: 1024 * 1024, now: () => now });
    const [one, two] = [1, 2].map(() => new ResponseCache({ clears, memoryBytes: 1024 * 1024, store, now: () => now }));
    one?.put("a", response(10), 60);
    now = 50_000;
    expect(await two?.get("a", 60)).toMatchObject({ level: "shared", ageSeconds: 50 });
    expect(await two?.get("a", 60)).toMatchObject({ level: "memory", ageSeconds: 50 });
    now = 61_000;
    expect(await two?.get("a", 60)).toBeUndefined();
    expect(two?.memoryEntries).toBe(0);
  });
});
