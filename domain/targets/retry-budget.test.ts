import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RETRY_BUDGET, RetryBudget } from "./retry-budget.ts";

describe("the retry budget", () => {
  test("allows the floor without any request", () => {
    const budget = new RetryBudget(RETRY_BUDGET);
    const allowed = Array.from({ length: 15 }, () => budget.tryRetry(0));
    expect(allowed.filter(Boolean)).toHaveLength(10);
  });

  test("is full again after the window", () => {
    const budget = new RetryBudget(RETRY_BUDGET);
    for (let index = 0; index < 11; index++) budget.tryRetry(0);
    expect(budget.tryRetry(8999)).toBe(false);
    expect(budget.tryRetry(10_000)).toBe(true);
  });

  test("never lets more than a tenth of the window's requests and the floor through", () => {
    const step = fc.record({ later: fc.nat(2000), isRetry: fc.boolean() });
    void fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const budget = new RetryBudget(RETRY_BUDGET);
        const requests: number[] = [];
        const retries: number[] = [];
        let now = 0;
        for (const { later, isRetry } of steps) {
          now += later;
          if (!isRetry) {
            budget.request(now);
            requests.push(now);
          } else if (budget.tryRetry(now)) {
            retries.push(now);
            const since = now - RETRY_BUDGET.windowMs;
            // The coarse window may be up to one bucket shorter than the named one.
            const counted = retries.filter((at) => at > since + 1000).length;
            expect(counted).toBeLessThanOrEqual(10 + 0.1 * requests.filter((at) => at > since).length);
          }
        }
      }),
    );
  });
});
