import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BREAKER, CircuitBreaker, type Permit } from "./circuit-breaker.ts";

const breaker = (random = () => 0.5) => new CircuitBreaker(BREAKER, random);

function send(subject: CircuitBreaker, nowMs: number, isGood: boolean): void {
  const permit = subject.tryAcquire(nowMs, true);
  if (isGood) permit?.succeed(nowMs);
  else permit?.fail(nowMs);
}

function tripped(random?: () => number): CircuitBreaker {
  const subject = breaker(random);
  for (let index = 0; index < BREAKER.consecutiveFailures; index++) send(subject, 0, false);
  return subject;
}

describe("a circuit breaker", () => {
  test("opens after five failures in a row, not after four", () => {
    const subject = breaker();
    for (let index = 0; index < 4; index++) send(subject, 0, false);
    expect(subject.state(0)).toBe("closed");
    send(subject, 0, false);
    expect(subject.state(0)).toBe("open");
    expect(subject.tryAcquire(0, true)).toBeUndefined();
  });

  test("opens when half of at least twenty requests in ten seconds fail", () => {
    const subject = breaker();
    for (let index = 0; index < 19; index++) send(subject, index * 100, index % 2 === 0);
    expect(subject.state(2000)).toBe("closed");
    send(subject, 2000, false);
    expect(subject.state(2000)).toBe("open");
  });

  test("forgets failures that are older than its window", () => {
    const subject = breaker();
    for (let index = 0; index < 4; index++) send(subject, 0, false);
    for (let index = 0; index < 10; index++) send(subject, 5000, true);
    for (let index = 0; index < 12; index++) send(subject, 12_000, index % 3 !== 0);
    expect(subject.state(12_000)).toBe("closed");
    expect(subject.failureRatio(12_000)).toBeCloseTo(4 / 22);
  });

  test("lets exactly one request through after the cool-down", () => {
    const subject = tripped();
    const at = subject.waitMs(0);
    expect(at).toBe(BREAKER.minOpenMs + BREAKER.openMs / 2);
    expect(subject.state(at - 1)).toBe("open");
    const probe = subject.tryAcquire(at, false);
    expect(probe).toBeDefined();
    expect(subject.tryAcquire(at, true)).toBeUndefined();
    expect(subject.isOpenTo(at)).toBe(false);
    probe?.forget();
    expect(subject.tryAcquire(at, true)).toBeDefined();
  });

  test("a failed probe opens it again, for longer each time, up to a limit", () => {
    const subject = tripped(() => 0.999_999);
    let at = 0;
    const waits = Array.from({ length: 8 }, () => {
      const wait = Math.round(subject.waitMs(at));
      at += wait + 1;
      send(subject, at, false);
      return wait;
    });
    expect(waits).toEqual([1500, 2500, 4500, 8500, 16_500, 30_500, 30_500, 30_500]);
  });

  test("increases the target's requests gradually after a successful probe", () => {
    const shares = [0, 1250, 2500, 5000].map((later) => {
      let turn = 0;
      const subject = tripped(() => (turn++ % 100) / 100);
      const at = subject.waitMs(0);
      send(subject, at, true);
      const let_ = Array.from({ length: 1000 }, () => subject.tryAcquire(at + later, false));
      return let_.filter((permit) => permit !== undefined).length / 1000;
    });
    expect(shares[0]).toBeCloseTo(0.1, 1);
    expect(shares[1]).toBeCloseTo(0.33, 1);
    expect(shares[2]).toBeCloseTo(0.55, 1);
    expect(shares[3]).toBe(1);
  });

  test("while it recovers, a request without another target is let through", () => {
    const subject = tripped(() => 0.99);
    const at = subject.waitMs(0);
    send(subject, at, true);
    expect(subject.state(at)).toBe("ramping");
    expect(subject.tryAcquire(at, false)).toBeUndefined();
    expect(subject.tryAcquire(at, true)).toBeDefined();
  });

  test("a late success of a request from before a trip does not close it", () => {
    const subject = breaker();
    const late = subject.tryAcquire(0, true);
    for (let index = 0; index < 5; index++) send(subject, 0, false);
    late?.succeed(10);
    expect(subject.state(10)).toBe("open");
  });

  test("without failures it never refuses", () => {
    void fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5000), fc.boolean())), (steps) => {
        const subject = breaker();
        let now = 0;
        for (const [later, isForgotten] of steps) {
          now += later;
          const permit = subject.tryAcquire(now, false);
          expect(permit).toBeDefined();
          if (isForgotten) permit?.forget();
          else permit?.succeed(now);
        }
      }),
    );
  });

  // documented: breaker-one-probe
  test("in any sequence of events there is never more than one probe, and no request passes before the end of the cool-down", () => {
    const step = fc.record({
      later: fc.nat(3000),
      action: fc.constantFrom("send", "good", "bad", "forget"),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    void fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let random = 0;
        const subject = new CircuitBreaker(BREAKER, () => random);
        const waiting: { permit: Permit; isProbe: boolean }[] = [];
        let now = 0;
        let closedUntil = 0;
        for (const { later, action, random: drawn } of steps) {
          now += later;
          random = drawn;
          const before = subject.state(now);
          if (action === "send") {
            const permit = subject.tryAcquire(now, true);
            if (now < closedUntil) expect(permit).toBeUndefined();
            if (permit === undefined) continue;
            if (before === "half-open") for (const other of waiting) expect(other.isProbe).toBe(false);
            waiting.push({ permit, isProbe: before === "half-open" });
            continue;
          }
          const next = waiting.shift();
          if (action === "good") next?.permit.succeed(now);
          else if (action === "bad") next?.permit.fail(now);
          else next?.permit.forget();
          const wasOpen = before === "open";
          if (!wasOpen && subject.state(now) === "open") closedUntil = now + BREAKER.minOpenMs;
        }
      }),
    );
  });
});
