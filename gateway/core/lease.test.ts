import { describe, expect, test } from "vitest";
import { poolLease } from "../test/lease-fixture.ts";
import type { CallOutcome, LeaseOutcome } from "./lease.ts";
import { UpstreamFailure } from "./upstream-failure.ts";

describe("a lease", () => {
  test("is settled once: a second outcome is not counted", () => {
    const { lease, calls, health, upstream, released } = poolLease();
    lease.settle("ok");
    lease.settle("interrupted");
    lease.settle(new UpstreamFailure("failed"));
    expect([calls, released()]).toEqual([["ok"], 1]);
    expect(health.of(upstream).breaker.failureRatio(0)).toBe(0);
  });

  test("holds its slot from the first byte of a stream to its end", () => {
    const { lease, calls, released } = poolLease();
    lease.confirm();
    lease.confirm();
    expect([calls, released()]).toEqual([["ok"], 0]);
    lease.settle("ok");
    expect([calls, released()]).toEqual([["ok"], 1]);
  });

  test.each<readonly [LeaseOutcome, readonly CallOutcome[], number]>([
    ["ok", ["ok"], 0],
    ["not-sent", [], 0],
    ["abandoned", ["abandoned"], 0],
    ["timed-out", ["abandoned"], 0],
    ["refused-request", ["refused-request"], 0],
    ["unusable", ["abandoned"], 0],
    ["hedged-away", ["hedged-away"], 0],
    [new UpstreamFailure("busy"), ["busy"], 0],
    [new UpstreamFailure("died"), ["died"], 1],
    [new UpstreamFailure("slow"), ["slow"], 1],
  ])("%s counts as %j, and against the upstream's health %d times", (outcome, counted, failures) => {
    const { lease, calls, health, upstream, released } = poolLease();
    lease.settle(outcome);
    expect([calls, released()]).toEqual([counted, 1]);
    expect(health.of(upstream).breaker.failureRatio(0)).toBe(failures);
  });

  test("of a provider counts the request's own time limit against it", () => {
    const { lease, health, upstream } = poolLease("provider");
    lease.settle("timed-out");
    expect(health.of(upstream).breaker.failureRatio(0)).toBe(1);
  });

  test("of a busy provider pauses it for the time in its response", () => {
    const { lease, health, upstream } = poolLease("provider");
    lease.settle(new UpstreamFailure("busy", 7));
    expect([health.of(upstream).isPaused(6999), health.of(upstream).isPaused(7001)]).toEqual([true, false]);
  });

  test("of a stream that breaks off after its first byte counts one failure", () => {
    const { lease, health, target } = poolLease();
    lease.confirm();
    lease.settle("interrupted");
    expect(health.record(target)).toMatchObject({ requests: 1, failures: 1 });
  });
});
