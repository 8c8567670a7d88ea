import type { Permit } from "../../../domain/targets/circuit-breaker.ts";
import type { RetryBudget } from "../../../domain/targets/retry-budget.ts";
import type { Target } from "../../core/target.ts";
import type { Upstream } from "../../core/upstream.ts";
import type { HealthBook } from "../../core/upstream-health.ts";
import { ClientGone, GatewayError } from "../../gateway-error.ts";
import type { FailureKind, UpstreamFailure } from "./upstream-failure.ts";

export type CallOutcome = "ok" | "refused-request" | "abandoned" | "hedged-away" | FailureKind;

/** What calls share: what is known of upstreams, and how many retries there may be. */
export interface CallContext {
  readonly health: HealthBook;
  readonly budget: RetryBudget;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Told of every call to a target. */
  readonly onCall: (target: Target, outcome: CallOutcome) => void;
}

/** Who is asked, with leave. */
export interface Choice {
  readonly target: Target;
  readonly upstream: Upstream;
  readonly permit: Permit;
}

/** A provider that says 429 without a time. */
const DEFAULT_PAUSE_MS = 1000;

/** One call, from its start: tells breaker, averages and metrics how it went. */
export class CallRecord {
  readonly #choice: Choice;
  readonly #context: CallContext;
  readonly #startedAt: number;

  constructor(choice: Choice, context: CallContext) {
    this.#choice = choice;
    this.#context = context;
    this.#startedAt = context.now();
    this.#totals.requests++;
  }

  get #totals(): ReturnType<HealthBook["record"]> {
    return this.#context.health.record(this.#choice.target);
  }

  /** Nothing was sent. */
  unsent(): void {
    this.#choice.permit.forget();
    this.#totals.requests--;
  }

  answered(): void {
    const { now, onCall } = this.#context;
    this.#choice.permit.succeed(now());
    this.#totals.latency.observe(now() - this.#startedAt, now());
    onCall(this.#choice.target, "ok");
  }

  /** The answer broke off after it was handed on. */
  broken(): void {
    const { health, now } = this.#context;
    this.#totals.failures++;
    health.of(this.#choice.upstream).breaker.fail(now());
  }

  /** Another call answered before it did. */
  hedgedAway(): void {
    const { now, onCall } = this.#context;
    this.#choice.permit.forget();
    const { latency } = this.#totals;
    const elapsed = now() - this.#startedAt;
    // It takes that long at least: without a word, a target that always loses would be taken for the fastest.
    if (elapsed > latency.guess(now())) latency.observe(elapsed, now());
    onCall(this.#choice.target, "hedged-away");
  }

  failed({ kind, retryAfterSeconds }: UpstreamFailure): void {
    const { health, now, onCall } = this.#context;
    const { target, upstream, permit } = this.#choice;
    this.#totals.failures++;
    onCall(target, kind);
    if (kind === "busy") permit.forget();
    else permit.fail(now());
    if (kind === "refused") upstream.markDown();
    const pauseMs =
      retryAfterSeconds === undefined ? (kind === "busy" ? DEFAULT_PAUSE_MS : 0) : retryAfterSeconds * 1000;
    // Our own engines' load is known from this side; a pause would take the only engine away.
    if (target.kind === "provider" && pauseMs > 0) health.of(upstream).pause(now() + pauseMs);
  }

  /** The request is over with this call: the client has left, its time is over, or what it wrote was refused. */
  ended(error: unknown): void {
    const { now, onCall } = this.#context;
    const { target, permit } = this.#choice;
    if (error instanceof ClientGone) permit.forget();
    else if (error instanceof GatewayError && error.code === "timeout") {
      // A long answer may outlast the request's time without any fault of our engines.
      if (target.kind === "provider") permit.fail(now());
      else permit.forget();
    } else permit.succeed(now());
    const isRefused = error instanceof GatewayError && error.status === 400;
    onCall(target, isRefused ? "refused-request" : "abandoned");
  }
}
