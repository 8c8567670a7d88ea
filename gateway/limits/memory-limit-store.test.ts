import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import type { LimitCounter } from "./limit-store.ts";
import { MemoryLimitStore } from "./memory-limit-store.ts";
import { MAX_COUNTERS, SharedCounters } from "./shared-counters.ts";

const LEASE_MS = 600_000;
const HOUR_MS = 3_600_000;

function requests(name: string, max: number): LimitCounter {
  return { name, max, amount: 1, windowSeconds: 3600 };
}

describe("the memory limit store", () => {
  test("admits exactly the limit in threads that run in parallel, and settles all of it", async () => {
    const memory = MemoryLimitStore.memory(3);
    const work = `
      import { parentPort, workerData } from "node:worker_threads";
      const { MemoryLimitStore } = await import(workerData.module);
      const store = new MemoryLimitStore({ ...workerData, threads: 3, wallClock: () => 1_000_000 });
      const tokens = { name: "a", max: 100_000, amount: 7, windowSeconds: 3600 };
      const progress = { name: "b", max: 50, amount: 1, windowSeconds: 0 };
      const open = [];
      let used = 0;
      let most = 0;
      for (let index = 0; index < 60_000; index++) {
        const grant = store.reserveNow([tokens, progress], 600_000);
        if (grant.isGranted) {
          used += 5;
          most = Math.max(most, 50 - grant.left[1]);
          open.push(grant);
        }
        if (!grant.isGranted || open.length > 20) open.shift()?.settle([5, 1]);
      }
      for (const grant of open) grant.settle([5, 1]);
      parentPort.postMessage({ used, most });`;
    const module = new URL("./memory-limit-store.ts", import.meta.url).href;
    const url = new URL(`data:text/javascript,${encodeURIComponent(work)}`);
    const threads = [0, 1].map((thread) => new Worker(url, { workerData: { module, memory, thread } }));
    const results = await Promise.all(
      threads.map((of) => new Promise<{ used: number; most: number }>((resolve) => of.once("message", resolve))),
    );
    const used = results.reduce((sum, result) => sum + result.used, 0);
    // At the end the last reservations of 7 did not fit any more.
    expect(used).toBeLessThanOrEqual(100_000);
    expect(used).toBeGreaterThan(100_000 - 7);
    for (const { most } of results) expect(most).toBeLessThanOrEqual(50);
    const rest = new MemoryLimitStore({ memory, threads: 3, thread: 2, wallClock: () => 1_000_000 });
    const [tokens, progress] = [
      { ...requests("a", 100_000), amount: 0 },
      { ...requests("b", 50), windowSeconds: 0 },
    ];
    expect(rest.reserveNow([tokens, progress], LEASE_MS)).toMatchObject({ left: [100_000 - used, 49] });
  });

  test("takes what a thread had in progress for ended when another thread has its number", () => {
    const memory = MemoryLimitStore.memory(2);
    const progress: LimitCounter = { name: "a", max: 3, amount: 1, windowSeconds: 0 };
    const [first, second] = [0, 1].map((thread) => new MemoryLimitStore({ memory, threads: 2, thread }));
    first?.reserveNow([progress], LEASE_MS);
    second?.reserveNow([progress], LEASE_MS);
    second?.reserveNow([progress], LEASE_MS);
    expect(first?.reserveNow([progress], LEASE_MS)).toMatchObject({ isGranted: false });
    const next = new MemoryLimitStore({ memory, threads: 2, thread: 1 });
    expect(next.reserveNow([progress], LEASE_MS)).toMatchObject({ isGranted: true, left: [1] });
  });

  test("counts thousands of counters apart, and begins each anew with its window", () => {
    let now = HOUR_MS * 1000;
    const store = new MemoryLimitStore({ wallClock: () => now });
    const names = Array.from({ length: 20_000 }, (_, index) => `key:${index}`);
    const leftOf = (name: string) => {
      const outcome = store.reserveNow([requests(name, 2)], LEASE_MS);
      return outcome.isGranted ? outcome.left[0] : "refused";
    };
    const first = names.map((name) => [leftOf(name), leftOf(name), leftOf(name)].join(" "));
    expect(new Set(first)).toEqual(new Set(["1 0 refused"]));
    now += HOUR_MS;
    expect(new Set(names.map(leftOf))).toEqual(new Set([1]));
  });

  test("counts two counters of one request apart whose rows begin at the same one", () => {
    const memory = MemoryLimitStore.memory(1);
    const table = new SharedCounters(memory, { threads: 1, thread: 0 });
    const names = new Map<number, string>();
    const pairs: (readonly [string, string])[] = [];
    for (let index = 0; pairs.length < 10; index++) {
      const start = (table.hashOf(`${index} 0`).high >>> 0) % MAX_COUNTERS;
      const other = names.get(start);
      if (other === undefined) names.set(start, `${index}`);
      else pairs.push([other, `${index}`]);
      if (other !== undefined) names.delete(start);
    }
    const store = new MemoryLimitStore({ memory });
    for (const [a, b] of pairs) {
      const counters = [a, b].map((name) => ({ ...requests(name, 5), windowSeconds: 0 }));
      store.reserveNow(counters, LEASE_MS);
      expect(store.reserveNow(counters, LEASE_MS)).toMatchObject({ left: [3, 3] });
    }
  });

  test("takes more counters than it has rows: the windows that end first give way", () => {
    const store = new MemoryLimitStore({ wallClock: () => HOUR_MS * 1000 + 1 });
    // With 5,000 of them, two counters each, one in five tables has 16 of them in a row, where one gives way to another.
    const days = Array.from({ length: 2000 }, (_, index) => ({
      ...requests(`day:${index}`, 2),
      windowSeconds: 86_400,
    }));
    for (const day of days) store.reserveNow([day, { ...day, windowSeconds: 0 }], LEASE_MS);
    for (let index = 0; index < MAX_COUNTERS; index++) store.reserveNow([requests(`hour:${index}`, 2)], LEASE_MS);
    for (const day of days) {
      expect(store.reserveNow([day, { ...day, windowSeconds: 0 }], LEASE_MS)).toMatchObject({ left: [0, 0] });
    }
  });

  test("keeps the counters of keys, however many addresses are counted", () => {
    const store = new MemoryLimitStore({ wallClock: () => HOUR_MS * 1000 + 1 });
    const keys = Array.from({ length: 2000 }, (_, index) => ({ ...requests(`key:${index}`, 2), windowSeconds: 60 }));
    for (const key of keys) store.reserveNow([key], LEASE_MS);
    for (let index = 0; index < 3 * MAX_COUNTERS; index++)
      store.reserveNow([requests(`address:${index}`, 2)], LEASE_MS);
    for (const key of keys) expect(store.reserveNow([key], LEASE_MS)).toMatchObject({ left: [0] });
  });

  test("goes on in its window when the clock is set back", () => {
    let now = HOUR_MS * 1000 + 5;
    const store = new MemoryLimitStore({ wallClock: () => now });
    store.reserveNow([requests("a", 1)], LEASE_MS);
    now -= 10;
    expect(store.reserveNow([requests("a", 1)], LEASE_MS)).toMatchObject({ isGranted: false, resetMs: HOUR_MS + 5 });
  });
});
