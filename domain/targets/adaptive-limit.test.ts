import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AdaptiveLimit } from "./adaptive-limit.ts";

describe("the adaptive limit", () => {
  test("is the declared one until the provider refuses, and then half of what was in progress", () => {
    const limit = new AdaptiveLimit(100);
    expect(limit.current(1)).toBe(100);
    for (let served = 0; served < 500; served++) limit.served(1);
    expect(limit.current(1)).toBe(100);
    limit.refused(40, 1);
    expect(limit.current(2)).toBe(20);
  });

  test("counts refusals of requests that were sent together once", () => {
    const limit = new AdaptiveLimit(100);
    for (let refusal = 0; refusal < 30; refusal++) limit.refused(100 - refusal, 1 + refusal * 30);
    expect(limit.current(1000)).toBe(50);
    limit.refused(50, 1001);
    expect(limit.current(1001)).toBe(25);
  });

  test("grows by one when as many as it is were served, not faster than to the double in seven seconds", () => {
    const limit = new AdaptiveLimit(20);
    limit.refused(20, 1);
    const limits = (from: number, everyMs: number, count: number) =>
      Array.from({ length: count }, (_, index) => {
        limit.served(from + index * everyMs);
        return limit.current(from + index * everyMs);
      });
    // Ten requests of 100 ms each take as long as it takes to grow.
    expect(limits(101, 100, 10)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 11]);
    // Without requests it does not grow.
    expect(limits(30_000, 1, 11)).toEqual([11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 12]);
    const many = limits(30_020, 1, 10_000);
    expect([many.indexOf(18), many.indexOf(19), many.at(-1)]).toEqual([
      expect.closeTo(4200, -3),
      expect.closeTo(4700, -3),
      20,
    ]);
  });

  test("is the declared one again a minute after the last refusal", () => {
    const limit = new AdaptiveLimit(100);
    limit.refused(2, 1);
    expect([limit.current(60_000), limit.current(60_001)]).toEqual([1, 100]);
  });

  test("is never over the declared one nor under 1, whatever comes", () => {
    const event = fc.record({ inFlight: fc.nat(300), ms: fc.nat(3000), isRefused: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.array(event, { maxLength: 200 }), (declared, events) => {
        const limit = new AdaptiveLimit(declared);
        let now = 1;
        for (const { inFlight, ms, isRefused } of events) {
          now += ms;
          if (isRefused) limit.refused(inFlight, now);
          else limit.served(now);
          expect(limit.current(now)).toBeGreaterThanOrEqual(1);
          expect(limit.current(now)).toBeLessThanOrEqual(declared);
        }
      }),
    );
  });

  test.each([3, 10, 40, 150])("settles near a provider's capacity of %i, and uses most of it", (capacity) => {
    const limit = new AdaptiveLimit(200);
    let [served, refused, pausedUntil] = [0, 0, 0];
    const ROUNDS = 3000;
    // Rounds of 100 ms, in which all that the limit permits is sent at once; a refusal pauses the provider for a second.
    for (let now = 100; now <= 100 * ROUNDS; now += 100) {
      if (now < pausedUntil) continue;
      const sent = limit.current(now);
      for (let index = 0; index < Math.min(sent, capacity); index++) limit.served(now);
      served += Math.min(sent, capacity);
      if (sent <= capacity) continue;
      limit.refused(sent, now);
      refused += sent - capacity;
      pausedUntil = now + 1000;
    }
    expect(served / (ROUNDS * capacity)).toBeGreaterThan(0.6);
    expect(refused / served).toBeLessThan(0.1);
  });
});
