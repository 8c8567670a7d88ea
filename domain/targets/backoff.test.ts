import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

test("the upper end doubles with each retry up to two seconds, the lower end is 0", () => {
  expect([0, 1, 2, 3, 4, 5, 9].map((retry) => backoffMs(retry, 1))).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
  void fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), (retry, random) => {
      const wait = backoffMs(retry, random);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(2000);
    }),
  );
});
