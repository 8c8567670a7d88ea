import fc from "fast-check";
import { expect, test } from "vitest";
import { RequestAllowance } from "./request-allowance.ts";

const HOUR = 3_600_000;

test("fifty an hour are a burst of ten and one every ninety seconds", () => {
  const allowance = new RequestAllowance({ requests: 50, windowMs: HOUR });
  const now = Array.from({ length: 12 }, () => allowance.tryTake(0));
  expect(now.filter(Boolean)).toHaveLength(10);
  expect(allowance.waitMs(0)).toBeCloseTo(90_000);
  expect(allowance.tryTake(89_000)).toBe(false);
  expect(allowance.tryTake(90_001)).toBe(true);
});

test("no window holds more than the limit, wherever it starts", () => {
  void fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 }),
      (requests, gaps) => {
        const allowance = new RequestAllowance({ requests, windowMs: 60_000 });
        const taken: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          if (allowance.tryTake(now)) taken.push(now);
          expect(taken.filter((at) => at > now - 60_000).length).toBeLessThanOrEqual(requests);
        }
      },
    ),
  );
});
