import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { USAGE_SUMS } from "../../contracts/usage/usage-counter.ts";
import { percentile } from "../../lib/percentile.ts";
import { seededRandom } from "../../lib/seeded-random.ts";
import { histogramOf, LATENCY_ERROR, latencyCount, percentilesOf } from "./latency-histogram.ts";
import { usageEvent } from "./test/usage-events.ts";
import { addSums, changedSums, sumsOf, usageAdditions } from "./usage-sums.ts";

const MINUTE = 60_000;
/** The times of a histogram have 4 digits. */
const ROUNDED = 0.0005;

const eventOf = (durationMs: number) => usageEvent({ durationMs, firstTokenMs: durationMs });

describe("percentiles of a histogram", () => {
  // documented: latency-percentiles
  test("are within 10 % of the exact ones, of any requests counted in any number of items", () => {
    const times = fc.array(
      fc.oneof(fc.double({ min: 1, max: 57 * MINUTE, noNaN: true }), fc.integer({ min: 1, max: 3000 })),
      { minLength: 1, maxLength: 300 },
    );
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 7 }), (durations, items) => {
        const parts = Array.from({ length: items }, (_, item) =>
          durations.filter((_ms, index) => index % items === item),
        );
        const sums = parts
          .filter((part) => part.length > 0)
          .map((part) => part.map((ms) => sumsOf(eventOf(ms))).reduce(addSums))
          .reduce(addSums);
        for (const latency of ["duration", "firstToken"] as const) {
          const found = percentilesOf(histogramOf(sums, latency));
          expect(found?.count).toBe(durations.length);
          for (const [name, share] of [
            ["p50", 0.5],
            ["p95", 0.95],
            ["p99", 0.99],
          ] as const) {
            const exact = percentile(durations, share);
            expect(Math.abs((found?.[name] ?? 0) - exact) / exact).toBeLessThanOrEqual(LATENCY_ERROR + ROUNDED);
          }
        }
      }),
    );
  });

  test("are of the shortest and the longest range for times beyond them", () => {
    expect(["duration", "firstToken"].map((name) => latencyCount(name as "duration", 0))).toEqual(["d0", "f0"]);
    expect([latencyCount("duration", 1), latencyCount("duration", 24 * 60 * MINUTE)]).toEqual(["d0", "d75"]);
    expect(percentilesOf(histogramOf({ d0: 3 }, "duration"))).toEqual({ count: 3, p50: 0.9, p95: 0.9, p99: 0.9 });
  });

  test("are unknown where nothing was counted, not 0", () => {
    expect(percentilesOf(histogramOf({ requests: 7, timedRequests: 7, durationMs: 4000 }, "duration"))).toBeUndefined();
    expect(percentilesOf(histogramOf({ f3: 1 }, "duration"))).toBeUndefined();
  });
});

/** Bytes of an item as DynamoDB counts them: names and texts in UTF-8, 1 byte and half a byte a digit of a number, rounded up. */
function bytesOf(item: Readonly<Record<string, string | number>>): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) =>
      sum + name.length + (typeof value === "string" ? value.length : 2 + Math.ceil(String(value).length / 2)),
    0,
  );
}

test("an item of a day with a hundred thousand requests, most of a second and some of minutes, is within a unit of writing", () => {
  const random = seededRandom(3);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const events = Array.from({ length: 100_000 }, () =>
    usageEvent({
      ...{ projectId: `proj_${"p".repeat(24)}`, userId: `user-${"u".repeat(24)}`, keyId: "abcdefghijkl" },
      model: "meta-llama/Llama-3.3-70B",
      durationMs: 4000 * Math.exp(0.9 * normal()),
      firstTokenMs: 250 * Math.exp(0.7 * normal()),
      ...{ inputTokens: 1000, outputTokens: 300, chargeNanoUsd: 9_000_000, costNanoUsd: 7_000_000 },
    }),
  );
  const sizes = usageAdditions(events).map(({ series, entry, sums, expiresAt = 0 }) =>
    bytesOf({ series, entry, expiresAt, ...sums }),
  );
  expect(Math.max(...sizes)).toBeLessThan(1024);
});

test("all counts of latencies fit into one update of DynamoDB, of 4 KB and 300 operators", () => {
  const events = Array.from({ length: 400 }, (_, index) => eventOf(1.05 ** index));
  const total = usageAdditions(events)[0];
  const names = total === undefined ? [] : changedSums(total.sums);
  expect(names.length).toBeGreaterThan(150);
  expect(names.length + USAGE_SUMS.length).toBeLessThan(300);
  expect(`ADD ${names.map((name) => `#${name} :${name}`).join(", ")} SET #expiresAt = :expiresAt`.length).toBeLessThan(
    4096,
  );
});
