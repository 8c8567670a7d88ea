import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QueueBudget, type QueueUse } from "./queue-budget.ts";

const NOTHING: QueueUse = { requests: 0, bytes: 0 };

/** Fills a queue with requests of `bytes` until the budget says no. */
function fill(budget: QueueBudget, bytes: number): QueueUse {
  let own = NOTHING;
  while (budget.hasRoom(own, bytes, NOTHING)) {
    budget.take(bytes);
    own = { requests: own.requests + 1, bytes: own.bytes + bytes };
  }
  return own;
}

describe("the budget of all queues", () => {
  test("a queue that is alone may have all of it", () => {
    const budget = new QueueBudget({ maxRequests: 100, maxBytes: 1000, isShared: false });
    expect(fill(budget, 1).requests).toBe(100);
    expect(fill(new QueueBudget({ maxRequests: 100, maxBytes: 1000, isShared: false }), 300).requests).toBe(3);
  });

  test("queues that fill up one after the other never leave the next without room", () => {
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

  test("one that fills up alone stops at half, in requests and in bytes", () => {
    expect(fill(new QueueBudget({ maxRequests: 100, maxBytes: 1e9, isShared: true }), 1).requests).toBe(50);
    expect(fill(new QueueBudget({ maxRequests: 100, maxBytes: 1000, isShared: true }), 100).bytes).toBe(500);
  });

  test("what was given back can be used again", () => {
    const budget = new QueueBudget({ maxRequests: 2, maxBytes: 10, isShared: false });
    fill(budget, 5);
    budget.give(5);
    expect(budget.used).toEqual({ requests: 1, bytes: 5 });
    expect(budget.hasRoom({ requests: 1, bytes: 5 }, 5, NOTHING)).toBe(true);
    expect(budget.hasRoom({ requests: 1, bytes: 5 }, 6, NOTHING)).toBe(false);
  });
});
