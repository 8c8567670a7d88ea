import { setTimeout as sleep } from "node:timers/promises";
import type { RouteTimeouts } from "../../../contracts/gateway-config.ts";
import { ATTEMPTS_HEADER, TARGET_HEADER } from "../../../contracts/headers.ts";
import { backoffMs } from "../../../domain/targets/backoff.ts";
import { NoRoom } from "../../core/capacity-exceeded.ts";
import type { Target } from "../../core/target.ts";
import type { Upstream } from "../../core/upstream.ts";
import type { Exchange } from "../../exchange.ts";
import { GatewayError } from "../../gateway-error.ts";
import type { GenerationRequest } from "../../generation-request.ts";
import type { Plan } from "../plan.ts";
import { attempt, Unsayable, type UpstreamAnswer } from "./attempt.ts";
import { type CallContext, CallRecord, type Choice } from "./call-record.ts";
import { HedgedAway, hedge } from "./hedge.ts";
import { UpstreamFailure } from "./upstream-failure.ts";

/** One upstream, and two that may take over. */
const MAX_ATTEMPTS = 3;
/** A chain of fallbacks may be longer; each of its targets is asked once. */
const MAX_TARGETS = 6;
/** What a request waits for its upstream at most before it is asked again; a longer Retry-After is the client's to wait. */
const MAX_WAIT_MS = 2000;

/**
 * Sixth stage: calls a server of the first target, and another one, there or at the next target, when it is gone, full,
 * slow or out of order, as long as the client has got nothing. A target gets a request once; asking it again is a retry
 * and takes from the budget, unless nobody was there to do work. So does a second call beside a first that is slow.
 * @throws {GatewayError} `timeout`, `model_unavailable`, `overloaded`, `upstream_error`, or the target's own refusal
 */
export async function callTargets(
  exchange: Exchange,
  request: GenerationRequest,
  plan: Plan,
  timeouts: RouteTimeouts,
  context: CallContext,
): Promise<UpstreamAnswer> {
  const seconds = request.stream ? timeouts.firstByteSeconds : timeouts.totalSeconds;
  const timer = setTimeout(() => {
    exchange.abort.abort(new GatewayError("timeout", { message: timeoutMessage(request.stream, seconds) }));
  }, seconds * 1000);
  context.budget.request(context.now());
  try {
    return await new Call(exchange, request, plan, context).run();
  } finally {
    clearTimeout(timer);
    if (exchange.attempts > 0) exchange.headers[ATTEMPTS_HEADER] = String(exchange.attempts);
    if (exchange.targetId !== undefined) exchange.headers[TARGET_HEADER] = exchange.targetId;
  }
}

function timeoutMessage(isStream: boolean, seconds: number): string {
  return isStream
    ? `The model sent nothing within ${seconds} s. Shorten the prompt or try again.`
    : `The model did not answer within ${seconds} s. Lower max_tokens, or stream the answer.`;
}

interface Answered {
  readonly by: Choice;
  readonly answer: UpstreamAnswer;
}

/** One request's way through its plan. */
class Call {
  readonly #exchange: Exchange;
  readonly #request: GenerationRequest;
  readonly #plan: Plan;
  readonly #context: CallContext;
  /** Of the request, earlier turns included. */
  readonly #maxAttempts: number;
  /** Upstreams that are out of question in this round. */
  readonly #tried = new Set<Upstream>();
  /** How each target that was asked has failed last. */
  readonly #failed = new Map<Target, UpstreamFailure>();
  /** The first call's target, once a second call runs beside it. */
  #beside: Target | undefined = undefined;
  #worst: UpstreamFailure | undefined = undefined;
  /** Said by a dialect that has no words for the request. */
  #refusal: GatewayError | undefined = undefined;
  #round = 0;
  #isBudgetSpent = false;
  /** Those that may not be asked now, as they failed or are full by their own word. */
  readonly #blocked = new Set<Upstream>();
  /** Until the first of the upstreams opens again that may not be asked now. */
  #blockedMs = Number.POSITIVE_INFINITY;
  #isPaused = false;
  /** Another thread took the last place at some target. */
  #isOutrun = false;

  constructor(exchange: Exchange, request: GenerationRequest, plan: Plan, context: CallContext) {
    this.#exchange = exchange;
    this.#request = request;
    this.#plan = plan;
    this.#context = context;
    // A request that was put back into the queue has been asked for before.
    this.#maxAttempts = exchange.attempts + Math.max(MAX_ATTEMPTS, Math.min(plan.length, MAX_TARGETS));
  }

  async run(): Promise<UpstreamAnswer> {
    while (this.#exchange.attempts < this.#maxAttempts) {
      const choice = this.#choose(false) ?? this.#choose(true);
      if (choice === undefined) {
        if (await this.#nextRound()) continue;
        break;
      }
      if (!this.#mayAsk(choice)) continue;
      const answered = await this.#askInTime(choice);
      if (answered === undefined) continue;
      this.#exchange.sentTo(answered.by.target, answered.by.upstream.id);
      return answered.answer;
    }
    throw this.#outcome();
  }

  /** @param insist also targets that just come back, beyond their share of requests */
  #choose(insist: boolean, targets: readonly Target[] = this.#plan): Choice | undefined {
    const { health, now } = this.#context;
    for (const target of targets) {
      let excluded: Set<Upstream> | undefined;
      for (;;) {
        const upstream = target.choose(this.#request, excluded ?? this.#tried);
        if (upstream === undefined) break;
        const known = health.of(upstream);
        const permit = known.tryAcquire(now(), insist);
        if (permit !== undefined) return { target, upstream, permit };
        this.#blocked.add(upstream);
        this.#blockedMs = Math.min(this.#blockedMs, known.waitMs(now()));
        this.#isPaused ||= known.isPaused(now());
        excluded ??= new Set(this.#tried);
        excluded.add(upstream);
      }
    }
    return undefined;
  }

  /** Whether the budget allows it, where this is a retry. */
  #mayAsk({ target, upstream, permit }: Choice): boolean {
    const before = this.#failed.get(target);
    const isRetry = before !== undefined && (this.#round > 0 || !before.isWithoutWork);
    if (!isRetry || this.#context.budget.tryRetry(this.#context.now())) return true;
    permit.forget();
    this.#tried.add(upstream);
    this.#isBudgetSpent = true;
    return false;
  }

  /** Asks, and someone else beside it where the route wants that of first calls which are slow. */
  #askInTime(choice: Choice): Promise<Answered | undefined> {
    const { hedgeAfterMs, attempts, priority, abort } = this.#exchange;
    const isHedged = hedgeAfterMs !== undefined && attempts === 0 && priority !== "batch";
    if (!isHedged) return this.#ask(choice, abort.signal);
    return hedge<Answered>({
      afterMs: hedgeAfterMs,
      whole: abort.signal,
      first: (signal) => this.#ask(choice, signal),
      second: () => {
        const other = this.#chooseBeside(choice.target);
        return other && ((signal) => this.#ask(other, signal));
      },
      discard: ({ answer }) => answer.kind === "stream" && answer.release(),
    });
  }

  /** Another server for a request that is being answered already, within the budget. */
  #chooseBeside(target: Target): Choice | undefined {
    const { budget, now } = this.#context;
    const other = this.#choose(
      false,
      this.#plan.filter(({ isEmergencyOnly }) => !isEmergencyOnly),
    );
    if (other === undefined) return undefined;
    if (budget.tryRetry(now())) {
      this.#beside = target;
      return other;
    }
    other.permit.forget();
    return undefined;
  }

  /** @returns the answer, or `undefined` when it is somebody else's turn */
  async #ask(by: Choice, signal: AbortSignal): Promise<Answered | undefined> {
    const { target, upstream } = by;
    const record = new CallRecord(by, this.#context);
    this.#tried.add(upstream);
    this.#exchange.attempts++;
    try {
      const answer = await attempt({
        exchange: this.#exchange,
        generation: this.#request,
        target,
        upstream,
        signal,
        firstByteMs: this.#firstByteMs(target),
        onBroken: () => record.broken(),
      });
      record.answered();
      return { by, answer };
    } catch (error) {
      if (error instanceof UpstreamFailure) {
        record.failed(error);
        await this.#onFailure(by, error);
        return undefined;
      }
      if (error instanceof HedgedAway) {
        record.hedgedAway();
        return undefined;
      }
      if (error instanceof NoRoom) {
        record.unsent();
        this.#exchange.attempts--;
        this.#tried.delete(upstream);
        this.#isOutrun = true;
        return undefined;
      }
      if (error instanceof Unsayable) {
        record.unsent();
        this.#exchange.attempts--;
        this.#refusal ??= error.refusal;
        return undefined;
      }
      record.ended(error);
      throw error;
    }
  }

  async #onFailure({ target, upstream }: Choice, failure: UpstreamFailure): Promise<void> {
    this.#exchange.failedAttempts++;
    this.#failed.set(target, failure);
    // A full upstream tells most: the model is there, and waiting helps.
    if (this.#worst?.kind !== "busy") this.#worst = failure;
    if (failure.kind === "denied" && (await upstream.renewCredentials?.()) === true) this.#tried.delete(upstream);
  }

  #firstByteMs(target: Target): number | undefined {
    const isLast = this.#plan.every((other) => other === target || other === this.#beside || this.#failed.has(other));
    const { failoverAfterMs } = this.#exchange;
    if (isLast || failoverAfterMs === undefined) return target.firstByteMs;
    return Math.min(failoverAfterMs, target.firstByteMs ?? failoverAfterMs);
  }

  /** Waits until it makes sense to ask the same upstreams again. @returns false when it makes none */
  async #nextRound(): Promise<boolean> {
    const { random } = this.#context;
    const failure = this.#worst;
    const isWorthIt = failure !== undefined && failure.kind !== "slow" && failure.kind !== "denied";
    if (!isWorthIt || this.#isBudgetSpent || this.#round >= MAX_ATTEMPTS - 1) return false;
    const waitMs = Math.max(backoffMs(this.#round, random()), (failure.retryAfterSeconds ?? 0) * 1000);
    if (waitMs > MAX_WAIT_MS) return false;
    this.#round++;
    const { signal } = this.#exchange.abort;
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
    this.#tried.clear();
    return true;
  }

  #outcome(): GatewayError {
    // That no other upstream is left is the consequence; what happened to those tried is the cause.
    if (this.#worst !== undefined) return this.#worst.toGatewayError();
    if (this.#refusal !== undefined) return this.#refusal;
    const waits = Number.isFinite(this.#blockedMs)
      ? { retryAfterSeconds: Math.max(1, Math.ceil(this.#blockedMs / 1000)) }
      : {};
    const out = new Set([...this.#tried, ...this.#blocked]);
    // Other threads take and give back its places: whether it has one at this moment says nothing.
    const hadNoRoom = this.#plan.some((target) => target.isUsable(this.#request, out));
    if (this.#isOutrun || hadNoRoom) return new NoRoom({ isOutrun: this.#isOutrun || this.#blocked.size === 0 });
    if (this.#plan.some((target) => target.isFull(this.#tried))) return new NoRoom({ isOutrun: false });
    return new GatewayError(this.#isPaused ? "overloaded" : "model_unavailable", waits);
  }
}
