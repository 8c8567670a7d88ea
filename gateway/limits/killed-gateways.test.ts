import { beforeEach, describe, expect, test } from "vitest";
import { noRedisServer } from "../../test-support/redis-server.ts";
import { runLimits } from "../test/limits/limit-run.ts";

/** `LIMIT_RUNS=100 npx vitest run gateway/limits/killed-gateways.test.ts` runs as many of each kind. */
const SEEDS = Array.from({ length: Number(process.env.LIMIT_RUNS ?? 1) }, (_, seed) => seed + 1);
const LIMITS = { max: 2000, progress: 30, leaseMs: 1000, windows: 4 };

describe.each(SEEDS)("three gateways with 50 concurrent requests each, seed %i", { timeout: 150_000 }, (seed) => {
  beforeEach(({ skip }) => skip(noRedisServer !== undefined, noRedisServer));

  // documented: limits-exact
  test("never use more than the limits, and refuse none while more than 5 % of them are neither used nor held by requests", async () => {
    const { windows, mostInProgress } = await runLimits({ ...LIMITS, seed });
    expect(windows.length).toBeGreaterThan(1);
    expect(mostInProgress).toBeLessThanOrEqual(LIMITS.progress);
    expect(mostInProgress).toBeGreaterThanOrEqual(0.95 * LIMITS.progress);
    for (const { used } of windows) expect(used).toBeLessThanOrEqual(LIMITS.max);
    const exhausted = windows.filter(({ isExhausted }) => isExhausted);
    expect(exhausted.length).toBeGreaterThan(0);
    // A process that stands still on a busy machine leaves tokens of its window; a limiter that refuses too early does it always.
    const most = Math.max(...exhausted.map(({ used, held }) => used + held));
    expect(most).toBeGreaterThanOrEqual(0.95 * LIMITS.max);
  });

  // documented: limits-exact-kills
  test("never use more than the limits while processes are killed, and what they held is free again", async () => {
    const { windows, mostInProgress, kills } = await runLimits({ ...LIMITS, seed, kills: true });
    expect(kills).toBeGreaterThan(0);
    expect(mostInProgress).toBeLessThanOrEqual(LIMITS.progress);
    for (const { used } of windows) expect(used).toBeLessThanOrEqual(LIMITS.max);
    expect(windows.at(-1)?.used).toBeGreaterThan(0);
  });

  // documented: limits-exact-flushes
  test("use at most one limit more for each time that the server loses its data, also while processes are killed", async () => {
    const { windows, flushes } = await runLimits({ ...LIMITS, seed, kills: true, flushes: true });
    expect(flushes).toBeGreaterThan(0);
    const over = windows.reduce((sum, { used }) => sum + Math.max(0, used - LIMITS.max), 0);
    expect(over).toBeLessThanOrEqual(flushes * LIMITS.max);
  });
});
