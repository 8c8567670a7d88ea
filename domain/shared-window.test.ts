import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { SharedWindow } from "./shared-window.ts";

/** Time in the tests below begins at 0, which no real clock shows. */
const START = 1000;
const memoryOf = (limit: number, maxCallers: number) =>
  SharedWindow.memory({ limit, windowMs: 60_000, maxCallers }, 12_345);
const window = (limit = 100, maxCallers = 1000, memory = memoryOf(limit, maxCallers)) => {
  const shared = new SharedWindow({ limit, windowMs: 60_000, maxCallers }, memory);
  return { admit: (caller: string, time: number) => shared.admit(caller, START + time) };
};

describe("the shared window", () => {
  test("admits 100 requests in 60 s and refuses the 101st", () => {
    const limit = window();
    const decisions = Array.from({ length: 101 }, (_, index) => limit.admit("a", index * 10));
    expect(decisions.filter((decision) => decision.admitted)).toHaveLength(100);
    expect(decisions[99]).toMatchObject({ admitted: true, remaining: 0 });
    expect(decisions[100]).toEqual({ admitted: false, remaining: 0, resetMs: 59_000 });
  });

  test("a refused caller who waits for resetMs is admitted, and not a millisecond earlier", () => {
    const limit = window(2);
    limit.admit("a", 0);
    limit.admit("a", 500);
    const { resetMs } = limit.admit("a", 1000);
    expect(limit.admit("a", 1000 + resetMs - 1).admitted).toBe(false);
    expect(limit.admit("a", 1000 + resetMs).admitted).toBe(true);
    expect(limit.admit("a", 1000 + resetMs).admitted).toBe(false);
  });

  test("looked at without a request counts nothing, and puts no other caller out", () => {
    const options = { limit: 2, windowMs: 60_000, maxCallers: 8 };
    const limit = new SharedWindow(options, SharedWindow.memory(options, 12_345));
    expect(limit.peek("a", START)).toEqual({ admitted: true, remaining: 2, resetMs: 0 });
    limit.admit("a", START);
    for (let index = 0; index < 100; index++) expect(limit.peek(`other ${index}`, START).admitted).toBe(true);
    expect(limit.peek("a", START)).toMatchObject({ admitted: true, remaining: 1 });
    limit.admit("a", START);
    expect(limit.peek("a", START + 100)).toEqual({ admitted: false, remaining: 0, resetMs: 59_900 });
    expect(limit.peek("a", START + 60_000)).toMatchObject({ admitted: true, remaining: 2 });
  });

  test("no window of 60 s holds more than the limit, wherever it starts", () => {
    const limit = window(7);
    const admitted: number[] = [];
    let seed = 1;
    for (let now = 0; now < 600_000; now += seed % 3000) {
      seed = (seed * 48_271) % 2_147_483_647;
      if (limit.admit("a", now).admitted) admitted.push(now);
    }
    expect(admitted.length).toBeGreaterThan(60);
    for (const start of admitted)
      expect(admitted.filter((time) => time >= start && time < start + 60_000).length).toBeLessThanOrEqual(7);
  });

  test("callers do not share a limit", () => {
    const limit = window(1);
    expect(limit.admit("a", 0).admitted).toBe(true);
    expect(limit.admit("b", 0).admitted).toBe(true);
    expect(limit.admit("a", 1).admitted).toBe(false);
  });

  test("a caller that was silent for a window begins at zero, also after an overflow of the 32-bit clock", () => {
    const limit = window(2);
    for (const time of [60_000, 2 ** 31 + 5, 2 ** 32, 2 ** 33 + 7]) {
      expect(limit.admit("a", time)).toMatchObject({ admitted: true, remaining: 1, resetMs: 60_000 });
      expect(limit.admit("a", time)).toMatchObject({ admitted: true, remaining: 0 });
      expect(limit.admit("a", time + 59_999)).toMatchObject({ admitted: false });
    }
  });

  test("stores no more callers than the cap: beyond it, the least recent ones begin at zero", () => {
    const limit = window(1, 8); // one set
    for (let index = 0; index < 9; index++) expect(limit.admit(`caller ${index}`, index).admitted).toBe(true);
    expect(limit.admit("caller 8", 10).admitted).toBe(false);
    expect(limit.admit("caller 1", 10).admitted).toBe(false);
    expect(limit.admit("caller 0", 10).admitted).toBe(true);
  });

  test("two windows that share their memory count together", () => {
    const memory = memoryOf(3, 1000);
    const [one, other] = [window(3, 1000, memory), window(3, 1000, memory)];
    expect([one, other, one].map((limit) => limit.admit("a", 0).remaining)).toEqual([2, 1, 0]);
    expect(other.admit("a", 0).admitted).toBe(false);
  });

  test("threads that run in parallel together admit exactly the limit", async () => {
    const limit = 4000;
    const memory = memoryOf(limit, 1000);
    const work = `
      import { parentPort, workerData } from "node:worker_threads";
      const { SharedWindow } = await import(workerData.module);
      const window = new SharedWindow({ limit: ${limit}, windowMs: 60_000, maxCallers: 1000 }, workerData.memory);
      let admitted = 0;
      for (let index = 0; index < ${limit}; index++) if (window.admit("a", 1000).admitted) admitted++;
      parentPort.postMessage(admitted);`;
    const module = new URL("./shared-window.ts", import.meta.url).href;
    const threads = [1, 2].map(
      () => new Worker(new URL(`data:text/javascript,${encodeURIComponent(work)}`), { workerData: { module, memory } }),
    );
    const counts = await Promise.all(
      threads.map((thread) => new Promise<number>((resolve) => thread.once("message", resolve))),
    );
    expect(counts.reduce((sum, count) => sum + count)).toBe(limit);
  });

  test("a limit of two thousand million costs no memory before it is used", () => {
    const limit = window(2_000_000_000);
    for (let index = 0; index < 20_000; index++) expect(limit.admit("a", index).admitted).toBe(true);
  });
});
