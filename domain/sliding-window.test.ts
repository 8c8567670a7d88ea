import { describe, expect, test } from "vitest";
import { SlidingWindow } from "./sliding-window.ts";

const window = (limit = 100, maxCallers = 1000) => new SlidingWindow({ limit, windowMs: 60_000, maxCallers });

describe("the sliding window", () => {
  test("admits 100 requests in 60 s and refuses the 101st", () => {
    const limit = window();
    const answers = Array.from({ length: 101 }, (_, index) => limit.admit("a", index * 10));
    expect(answers.filter((answer) => answer.admitted)).toHaveLength(100);
    expect(answers[99]).toMatchObject({ admitted: true, remaining: 0 });
    expect(answers[100]).toEqual({ admitted: false, remaining: 0, resetMs: 59_000 });
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

  test("forgets callers that were silent for a window", () => {
    const limit = window();
    for (let index = 0; index < 500; index++) limit.admit(`caller ${index}`, 0);
    for (let index = 0; index < 300; index++) limit.admit("a", 60_000 + index * 700);
    expect(limit.size).toBe(1);
  });

  test("never remembers more callers than the cap", () => {
    const limit = window(100, 50);
    for (let index = 0; index < 5000; index++) limit.admit(`caller ${index}`, index / 100);
    expect(limit.size).toBe(50);
  });

  test("a limit of two thousand million costs no memory before it is used", () => {
    const limit = window(2_000_000_000);
    for (let index = 0; index < 20_000; index++) expect(limit.admit("a", index).admitted).toBe(true);
  });
});
