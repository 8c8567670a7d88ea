import { BREAKER, CircuitBreaker, type Permit } from "../../domain/targets/circuit-breaker.ts";
import { LatencyAverage } from "../../domain/targets/latency-average.ts";
import type { Target } from "./target.ts";
import type { Upstream } from "./upstream.ts";

/** Whether one upstream may be called, from the outcomes of its earlier calls. */
export class UpstreamHealth {
  readonly breaker: CircuitBreaker;
  #pausedUntil = 0;

  constructor(random: () => number) {
    this.breaker = new CircuitBreaker(BREAKER, random);
  }

  /** It refused for capacity: nothing is sent for so long. That is no failure of its health. */
  pause(untilMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, untilMs);
  }

  /** Milliseconds until something may be sent again; 0 for now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#pausedUntil - nowMs, this.breaker.waitMs(nowMs));
  }

  isPaused(nowMs: number): boolean {
    return nowMs < this.#pausedUntil;
  }

  /** @param insist there is no other: while it comes back, the share of requests does not matter */
  tryAcquire(nowMs: number, insist: boolean): Permit | undefined {
    return this.isPaused(nowMs) ? undefined : this.breaker.tryAcquire(nowMs, insist);
  }
}

/** What a target has done so far. */
export class TargetRecord {
  /** Of the first byte of streams, else of the whole response. */
  readonly latency = new LatencyAverage();
  requests = 0;
  failures = 0;
}

/** The health that this gateway has measured, as long as the upstream or target itself is referenced. */
export class UpstreamHealthRegistry {
  readonly #random: () => number;
  readonly #upstreams = new WeakMap<Upstream, UpstreamHealth>();
  readonly #targets = new WeakMap<object, TargetRecord>();

  constructor(random: () => number) {
    this.#random = random;
  }

  of(upstream: Upstream): UpstreamHealth {
    const known = this.#upstreams.get(upstream);
    if (known !== undefined) return known;
    const health = new UpstreamHealth(this.#random);
    this.#upstreams.set(upstream, health);
    return health;
  }

  record(target: Target): TargetRecord {
    const measured = target.measuredAs ?? target;
    const known = this.#targets.get(measured);
    if (known !== undefined) return known;
    const record = new TargetRecord();
    this.#targets.set(measured, record);
    return record;
  }
}
