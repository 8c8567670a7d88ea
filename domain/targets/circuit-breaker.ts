export interface CircuitBreakerOptions {
  /** Length of the window of the ratio of failures. */
  readonly windowMs: number;
  /** Requests in the window below which the ratio is not used. */
  readonly minRequests: number;
  /** Share of failures in the window that opens the breaker. */
  readonly failureRatio: number;
  /** Failures in a row that open the breaker, however few requests there were. */
  readonly consecutiveFailures: number;
  /** Shortest time without requests after a trip. */
  readonly minOpenMs: number;
  /** A random time up to this is added after the first trip, up to twice of it after the second, and so on. */
  readonly openMs: number;
  /** That random time's upper end stops growing here. */
  readonly maxOpenMs: number;
  /** After a successful probe the share of requests that are let through grows to all within this time. */
  readonly rampMs: number;
}

/** Opens on failures that users would notice; recovers within seconds after one restart, within a minute after more. */
export const BREAKER: CircuitBreakerOptions = {
  windowMs: 10_000,
  minRequests: 20,
  failureRatio: 0.5,
  consecutiveFailures: 5,
  minOpenMs: 500,
  openMs: 1000,
  maxOpenMs: 30_000,
  rampMs: 5000,
};

/** `ramping` is closed, but for a share of requests only. */
export type BreakerState = "closed" | "open" | "half-open" | "ramping";

/** Permission to send one request. Only the first reported result counts. */
export interface Permit {
  succeed(nowMs: number): void;
  fail(nowMs: number): void;
  /** It ended without a result for the target: the client disconnected, or the target was only busy. */
  forget(): void;
}

type Result = "good" | "bad" | "none";

/** Each request has one: a class, so that no closure is made for a result that does not come. */
class OnePermit implements Permit {
  #settle: ((result: Result, nowMs: number) => void) | undefined;

  constructor(settle: (result: Result, nowMs: number) => void) {
    this.#settle = settle;
  }

  succeed(nowMs: number): void {
    this.#end("good", nowMs);
  }

  fail(nowMs: number): void {
    this.#end("bad", nowMs);
  }

  forget(): void {
    this.#end("none", 0);
  }

  #end(result: Result, nowMs: number): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(result, nowMs);
  }
}

const BUCKETS = 10;
/** Share of requests that are let through directly after a successful probe. */
const FIRST_SHARE = 0.1;

/**
 * A circuit breaker of one target. Closed, it counts; open, it refuses for a random time that grows with every trip in a
 * row; then exactly one request is let through (half-open); when that succeeds, the target's requests increase gradually.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  readonly #random: () => number;
  readonly #window: Window;
  #consecutive = 0;
  /** Trips since it was last closed completely. */
  #trips = 0;
  #openUntil: number | undefined = undefined;
  #isProbing = false;
  #rampFrom: number | undefined = undefined;
  /** Results of requests from before the last change of state are ignored after it. */
  #epoch = 0;

  /** @param random uniform in [0, 1) */
  constructor(options: CircuitBreakerOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
    this.#window = new Window(options.windowMs);
  }

  state(nowMs: number): BreakerState {
    if (this.#openUntil !== undefined) return nowMs < this.#openUntil ? "open" : "half-open";
    return this.#rampShare(nowMs) < 1 ? "ramping" : "closed";
  }

  /** Whether a request could be sent now with `insist`. */
  isOpenTo(nowMs: number): boolean {
    const state = this.state(nowMs);
    return state === "half-open" ? !this.#isProbing : state !== "open";
  }

  /** Failures among the requests of the window, 0 to 1. */
  failureRatio(nowMs: number): number {
    const { requests, failures } = this.#window.count(nowMs);
    return requests === 0 ? 0 : failures / requests;
  }

  /** Milliseconds until a request may be sent again; 0 when it may now. */
  waitMs(nowMs: number): number {
    return Math.max(0, (this.#openUntil ?? 0) - nowMs);
  }

  /**
   * Requests permission to send one request.
   * @param insist there is no other target: while the breaker recovers, the share of requests does not apply
   */
  tryAcquire(nowMs: number, insist: boolean): Permit | undefined {
    const state = this.state(nowMs);
    const epoch = this.#epoch;
    if (state === "open") return undefined;
    if (state === "half-open") {
      if (this.#isProbing) return undefined;
      this.#isProbing = true;
      return new OnePermit((result, at) => this.#settleProbe(result, at, epoch));
    }
    if (state === "ramping" && !insist && this.#random() >= this.#rampShare(nowMs)) return undefined;
    return new OnePermit((result, at) => this.#settle(result, at, epoch));
  }

  #settle(result: Result, nowMs: number, epoch: number): void {
    if (epoch === this.#epoch && result !== "none") this.#count(result === "good", nowMs);
  }

  #settleProbe(result: Result, nowMs: number, epoch: number): void {
    if (epoch !== this.#epoch) return;
    if (result === "none") this.#isProbing = false;
    else if (result === "good") this.#comeBack(nowMs);
    else this.#trip(nowMs);
  }

  /** Counts a failure after its request was reported as successful: an interrupted response. */
  fail(nowMs: number): void {
    if (this.#openUntil === undefined) this.#count(false, nowMs);
  }

  #count(isGood: boolean, nowMs: number): void {
    this.#window.add(nowMs, isGood);
    this.#consecutive = isGood ? 0 : this.#consecutive + 1;
    if (isGood) {
      if (this.#rampShare(nowMs) >= 1) this.#trips = 0;
      return;
    }
    const { minRequests, failureRatio, consecutiveFailures } = this.#options;
    const { requests, failures } = this.#window.count(nowMs);
    const isOverRatio = requests >= minRequests && failures >= failureRatio * requests;
    if (isOverRatio || this.#consecutive >= consecutiveFailures) this.#trip(nowMs);
  }

  #trip(nowMs: number): void {
    const { minOpenMs, openMs, maxOpenMs } = this.#options;
    this.#openUntil = nowMs + minOpenMs + this.#random() * Math.min(maxOpenMs, openMs * 2 ** this.#trips);
    this.#trips++;
    this.#rampFrom = undefined;
    this.#turn();
  }

  #comeBack(nowMs: number): void {
    this.#openUntil = undefined;
    this.#rampFrom = nowMs;
    this.#turn();
  }

  #turn(): void {
    this.#epoch++;
    this.#isProbing = false;
    this.#consecutive = 0;
    this.#window.clear();
  }

  #rampShare(nowMs: number): number {
    if (this.#rampFrom === undefined) return 1;
    const grown = FIRST_SHARE + (1 - FIRST_SHARE) * ((nowMs - this.#rampFrom) / this.#options.rampMs);
    return Math.min(1, grown);
  }
}

/** Requests and failures of the last `windowMs`, with a resolution of a tenth of it. */
class Window {
  readonly #bucketMs: number;
  readonly #requests = new Float64Array(BUCKETS);
  readonly #failures = new Float64Array(BUCKETS);
  #last = Number.NEGATIVE_INFINITY;

  constructor(windowMs: number) {
    this.#bucketMs = windowMs / BUCKETS;
  }

  add(nowMs: number, isGood: boolean): void {
    const slot = this.#advance(nowMs);
    this.#requests[slot] = (this.#requests[slot] ?? 0) + 1;
    if (!isGood) this.#failures[slot] = (this.#failures[slot] ?? 0) + 1;
  }

  count(nowMs: number): { readonly requests: number; readonly failures: number } {
    this.#advance(nowMs);
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    return { requests: sum(this.#requests), failures: sum(this.#failures) };
  }

  clear(): void {
    this.#requests.fill(0);
    this.#failures.fill(0);
  }

  /** Empties the expired buckets. @returns the current one */
  #advance(nowMs: number): number {
    const bucket = Math.floor(nowMs / this.#bucketMs);
    if (bucket - this.#last >= BUCKETS) this.clear();
    else
      for (let index = this.#last + 1; index <= bucket; index++) {
        this.#requests[index % BUCKETS] = 0;
        this.#failures[index % BUCKETS] = 0;
      }
    this.#last = Math.max(this.#last, bucket);
    return ((this.#last % BUCKETS) + BUCKETS) % BUCKETS;
  }
}
