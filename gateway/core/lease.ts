import type { TokenPrice } from "../../contracts/targets/token-prices.ts";
import type { CountedTokens } from "../../domain/limits/token-buckets.ts";
import type { Permit } from "../../domain/targets/circuit-breaker.ts";
import { completionCostUsd, usdOf } from "../../domain/targets/target-cost.ts";
import type { ReachedCap } from "./spending-cap.ts";
import type { Target } from "./target.ts";
import type { Slot, Upstream } from "./upstream.ts";
import { type FailureKind, UpstreamFailure } from "./upstream-failure.ts";
import type { TargetRecord, UpstreamHealthRegistry } from "./upstream-health.ts";

/**
 * How a leased call ended. `ok`: its response is complete. `interrupted`: the upstream broke its stream off after the
 * first byte. `not-sent`: nothing was sent. `abandoned`: the client left, the request's time for a whole response was
 * over, or an error of our own ended the request. `timed-out`: the request's time for a stream's first byte. `refused-request`: the upstream refused what the client wrote. `unusable`:
 * it sent a whole response that ends the request and does not count for its health. `hedged-away`: another call of the
 * same request was faster. A failure: another upstream may do better.
 */
export type LeaseOutcome =
  | "ok"
  | "interrupted"
  | "not-sent"
  | "abandoned"
  | "timed-out"
  | "refused-request"
  | "unusable"
  | "hedged-away"
  | UpstreamFailure;

/** How calls are counted in metrics. */
export type CallOutcome = "ok" | "refused-request" | "abandoned" | "hedged-away" | FailureKind;

/** What all leases of a gateway share. */
export interface LeaseContext {
  readonly health: UpstreamHealthRegistry;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Called once for each call that was sent. */
  readonly onCall: (target: Target, outcome: CallOutcome) => void;
  /** Called once for each call that costs something, with the dollars. */
  readonly onSpend?: (target: Target, usd: number) => void;
}

/** The money that a response may cost, set aside. */
export interface LeaseMoney {
  /** Whether it is drawn: nothing is sent before. */
  readonly isFunded: boolean;
  /** Never rejects. @returns false when it would be over the target's cap */
  fund(): Promise<boolean>;
  /** Returns it, and counts what the call has cost. */
  settle(spentUsd: number): void;
}

/** Tokens that a call is billed for, as far as its response names them. */
export type BilledTokens = { readonly [name in keyof CountedTokens]?: CountedTokens[name] | undefined };

export interface LeaseParts {
  readonly target: Target;
  readonly upstream: Upstream;
  readonly permit: Permit;
  readonly slot: Slot;
  /** @default - none was set aside */
  readonly money?: LeaseMoney | undefined;
  /** Tokens of the prompt, estimated, for a call that is billed and whose response names none. @default 0 */
  readonly promptTokens?: number;
  /**
   * Most tokens of a whole response, for a call that received the request and whose response was not waited for: servers
   * notice that at a stream alone. @default 0, as for a stream
   */
  readonly unseenCompletionTokens?: number;
}

/** Why a target has no lease for a request. */
export interface Refusal {
  /**
   * `absent`: no server could take it. `full`: every slot is in use by our own count. `lost-race`: another thread took
   * the last slot at this moment. `blocked`: the breaker is open, or the upstream is paused by its own response.
   */
  readonly reason: "absent" | "full" | "lost-race" | "blocked";
  /** Why it is absent, where it has no money. @default - for another reason */
  readonly cap?: ReachedCap | undefined;
  /** Whether its slots are counted together with other threads, which take and release them at any moment. */
  readonly isShared: boolean;
  /** Milliseconds until the first of its blocked upstreams may be called; infinite when none is blocked. */
  readonly blockedMs: number;
  /** Whether an upstream named a pause in its response. */
  readonly isPaused: boolean;
}

/** Pause after a provider's 429 that names no time, in milliseconds. */
const DEFAULT_PAUSE_MS = 1000;

/**
 * The right to call one upstream once: a permit of its breaker, one slot of its capacity, and the money that the response
 * may cost. It is settled exactly once; only what the upstream did counts against it.
 */
export class Lease {
  readonly target: Target;
  readonly upstream: Upstream;
  readonly #permit: Permit;
  readonly #slot: Slot;
  readonly #money: LeaseMoney | undefined;
  readonly #price: TokenPrice;
  readonly #promptTokens: number;
  readonly #unseenCompletionTokens: number;
  readonly #context: LeaseContext;
  readonly #startedAt: number;
  readonly #record: TargetRecord;
  #isSent = false;
  #isReceived = false;
  /** Tokens that a response names which came when its client had left. */
  #unseenUsage: BilledTokens = {};
  #isConfirmed = false;
  #isSettled = false;

  constructor(parts: LeaseParts, context: LeaseContext) {
    const { target, upstream, permit, slot, money, promptTokens = 0, unseenCompletionTokens = 0 } = parts;
    this.target = target;
    this.upstream = upstream;
    this.#permit = permit;
    this.#slot = slot;
    this.#money = money;
    this.#price = target.priceAt(context.wallClock());
    this.#promptTokens = promptTokens;
    this.#unseenCompletionTokens = unseenCompletionTokens;
    this.#context = context;
    this.#startedAt = context.now();
    this.#record = context.health.record(target);
    this.#record.requests++;
  }

  /** Draws the money. Never rejects. @returns false when that would be over the target's cap, so that nothing may be sent */
  async fund(): Promise<boolean> {
    return this.#money === undefined || this.#money.isFunded || (await this.#money.fund());
  }

  /** Whether the money is drawn, or none is needed. */
  get isFunded(): boolean {
    return this.#money?.isFunded ?? true;
  }

  /** The request is about to be sent: from here on the upstream may work on it, and bill it. */
  sending(): void {
    this.#isSent = true;
  }

  /** The request is on a connection: the upstream gets it, whoever waits for the response. */
  reachedUpstream(): void {
    this.#isReceived = true;
  }

  /**
   * Whether the whole response is read to its end although its client has left: a provider with a price that has the
   * request bills all of it, and only the response names what that is.
   */
  get isReadWithoutClient(): boolean {
    const upperBoundUsd = completionCostUsd(this.#price, this.#promptTokens, this.#unseenCompletionTokens);
    return this.#isReceived && this.#unseenCompletionTokens > 0 && upperBoundUsd > 0;
  }

  /** The response came when its client had left: a settlement without tokens counts these, not the upper bound. */
  sawUsage(tokens: BilledTokens): void {
    this.#unseenUsage = tokens;
  }

  /** The first byte of a streamed response came. */
  sawFirstByte(): void {
    this.#slot.sawFirstByte?.();
  }

  /** The upstream did its part: a stream began well, or a whole response is there. Its slot stays in use until `settle`. */
  confirm(): void {
    if (this.#isConfirmed || this.#isSettled) return;
    this.#isConfirmed = true;
    const now = this.#context.now();
    this.#permit.succeed(now);
    this.#slot.sawResponse?.();
    this.#record.latency.observe(now - this.#startedAt, now);
    this.#context.onCall(this.target, "ok");
  }

  /**
   * Releases slot and money and counts how the call went and what it cost. A second call does nothing.
   * @param tokens those that the response names: without them the prompt is counted, as it was worked on all the same
   * @returns the tokens that were counted; none for a call that is not billed, and for a second settlement
   */
  settle(outcome: LeaseOutcome, tokens: BilledTokens = this.#unseenUsage): BilledTokens {
    if (this.#isSettled) return {};
    if (outcome === "ok") this.confirm();
    this.#isSettled = true;
    const isPaid = this.#isConfirmed || (this.#isSent && isBilled(outcome));
    const billed = isPaid ? this.#billed(tokens, outcome) : { promptTokens: 0, completionTokens: 0 };
    const usd = usdOf({ price: this.#price, ...billed });
    this.#money?.settle(usd);
    if (outcome instanceof UpstreamFailure && outcome.kind === "busy") this.#slot.sawRefusal?.();
    this.#slot.release();
    if (usd > 0) this.#context.onSpend?.(this.target, usd);
    if (this.#isConfirmed) this.#settleConfirmed(outcome);
    else if (outcome instanceof UpstreamFailure) this.#fail(outcome);
    else this.#settleWithoutFailure(outcome);
    return billed;
  }

  #billed(tokens: BilledTokens, outcome: LeaseOutcome): CountedTokens {
    const isUnseen = this.#isReceived && !this.#isConfirmed && isNotWaitedFor(outcome);
    const unnamed = isUnseen ? this.#unseenCompletionTokens : 0;
    const { promptTokens = this.#promptTokens, completionTokens = unnamed } = tokens;
    return { ...tokens, promptTokens, completionTokens };
  }

  #settleConfirmed(outcome: LeaseOutcome): void {
    if (outcome !== "interrupted") return;
    this.#record.failures++;
    this.#context.health.of(this.upstream).breaker.fail(this.#context.now());
  }

  #settleWithoutFailure(outcome: Exclude<LeaseOutcome, UpstreamFailure>): void {
    const { now, onCall } = this.#context;
    switch (outcome) {
      case "not-sent":
        this.#permit.forget();
        this.#record.requests--;
        return;
      case "hedged-away":
        this.#permit.forget();
        this.#observeAtLeast();
        return onCall(this.target, "hedged-away");
      case "timed-out":
        // A long response of our own engines may outlast the request's time without any fault of theirs.
        if (this.target.kind === "provider") this.#permit.fail(now());
        else this.#permit.forget();
        return onCall(this.target, "abandoned");
      case "refused-request":
        this.#permit.succeed(now());
        return onCall(this.target, "refused-request");
      case "unusable":
        this.#permit.succeed(now());
        return onCall(this.target, "abandoned");
      default:
        this.#permit.forget();
        return onCall(this.target, "abandoned");
    }
  }

  /** It takes that long at least: unobserved, a target that always loses would be taken for the fastest. */
  #observeAtLeast(): void {
    const now = this.#context.now();
    const { latency } = this.#record;
    const elapsed = now - this.#startedAt;
    if (elapsed > latency.guess(now)) latency.observe(elapsed, now);
  }

  #fail({ kind, health: sign, retryAfterSeconds }: UpstreamFailure): void {
    const { health, now, onCall } = this.#context;
    this.#record.failures++;
    onCall(this.target, kind);
    if (sign === "bad") this.#permit.fail(now());
    else if (sign === "good") this.#permit.succeed(now());
    else this.#permit.forget();
    if (kind === "refused") this.upstream.markDown();
    const pauseMs =
      retryAfterSeconds === undefined ? (kind === "busy" ? DEFAULT_PAUSE_MS : 0) : retryAfterSeconds * 1000;
    // Our own engines' load is known from this side; a pause would take the only engine away.
    if (this.target.kind === "provider" && pauseMs > 0) health.of(this.upstream).pause(now() + pauseMs);
  }
}

/**
 * Whether the upstream still worked on the request when the call ended. Second calls beside a slow one are the gateway's own
 * wish and bounded by its retry budget: their upper bound is released, and the estimated prompt counted.
 */
function isNotWaitedFor(outcome: LeaseOutcome): boolean {
  if (outcome instanceof UpstreamFailure) return outcome.kind === "slow";
  return outcome === "abandoned" || outcome === "timed-out";
}

/** Not what the upstream refused or never saw: a provider bills neither. */
function isBilled(outcome: LeaseOutcome): boolean {
  if (outcome instanceof UpstreamFailure) return ["died", "slow", "malformed"].includes(outcome.kind);
  return outcome !== "not-sent" && outcome !== "refused-request";
}

export function isLease(reservation: Lease | Refusal | readonly Refusal[]): reservation is Lease {
  return reservation instanceof Lease;
}
