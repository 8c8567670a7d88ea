import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QueueBudget, type QueueUse } from "./queue-budget.ts";

const NOTHING: QueueUse = { requests: 0, bytes: 0 };

/** Fills a queue with requests of `bytes` until the budget refuses one. */
function fill(budget: QueueBudget, bytes: number): QueueUse {
  let own = NOTHING;
  while (budget.hasRoom(own, bytes, NOTHING)) {
    budget.take(bytes);
    own = { requests: own.requests + 1, bytes: own.bytes + bytes };
  }
  return own;
}

describe("the budget of all queues", () => {
  test("a single queue may use all of it", () => {
    const budget = new QueueBudget({ maxRequests: 100, maxBytes: 1000, isShared: false });
    expect(fill(budget, 1).requests).toBe(100);
    expect(fill(new QueueBudget({ maxRequests: 100, maxBytes: 1000, isShared: false }), 300).requests).toBe(3);
  });

  // documented: queue-budget
  test("queues that fill up one after the other never leave the next without capacity", () => {
    void fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 }), (sizes) => {
        const budget = new QueueBudget({ maxRequests: 1000, maxBytes: 10_000, isShared: true });
        for (const bytes of sizes) fill(budget, bytes);
        expect(budget.used.requests).toBeLessThanOrEqual(1000);
        expect(budget.used.bytes).toBeLessThanOrEqual(10_000);
        expect(budget.hasRoom(NOTHING, 50, NOTHING)).toBe(true);
      }),
    );
  });

  test("a queue that fills up alone stops at half, in requests and in bytes", () => {
    expect(fill(new QueueBudget({ maxRequests: 100, maxBytes: 1e9, isShared: true }), 1).requests).toBe(50);
    expect(fill(new QueueBudget({ maxRequests: 100, maxBytes: 1000, isShared: true }), 100).bytes).toBe(500);
  });

  test("released capacity can be used again", () => {
    const budget = new QueueBudget({ maxRequests: 2, maxBytes: 10, isShared: false });
    fill(budget, 5);
    budget.give(5);
    expect(budget.used).toEqual({ requests: 1, bytes: 5 });
    expect(budget.hasRoom({ requests: 1, bytes: 5 }, 5, NOTHING)).toBe(true);
    expect(budget.hasRoom({ requests: 1, bytes: 5 }, 6, NOTHING)).toBe(false);
  });

  test("threads count together, and a thread that replaces another begins at zero", () => {
    const memory = QueueBudget.memory(2);
    const of = (thread: number) =>
      new QueueBudget({ maxRequests: 10, maxBytes: 1000, isShared: false, shared: { memory, thread } });
    const [one, other] = [of(0), of(1)];
    for (let index = 0; index < 6; index++) one.take(100);
    expect(fill(other, 100).requests).toBe(4);
    expect([one.used, one.ownRequests, other.ownRequests]).toEqual([{ requests: 10, bytes: 1000 }, 6, 4]);
    expect(one.hasRoom({ requests: 6, bytes: 600 }, 1, NOTHING)).toBe(false);
    expect(of(0).used).toEqual({ requests: 4, bytes: 400 });
  });
});
