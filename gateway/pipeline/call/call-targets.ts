import { ClientGone, GatewayError, RequestEnded } from "../../core/gateway-error.ts";
import { type BilledTokens, isLease, type Lease, type Refusal } from "../../core/lease.ts";
import { reserveFirst } from "../../core/reserve.ts";
import { tokenField } from "../../core/spending-cap.ts";
import type { Target } from "../../core/target.ts";
import { streamTimeout, UpstreamFailure } from "../../core/upstream-failure.ts";
import { type AttemptResponse, attempt as attemptOverHttp, Unfunded, UnsupportedByDialect } from "./attempt.ts";
import * as policy from "./attempt-policy.ts";
import type { CallRequest, CallTools } from "./call-request.ts";
import { HedgedAway, hedge } from "./hedge.ts";
import { outcomeOf } from "./outcome-of.ts";

/** A response, with the target and server that sent it. */
export interface Answered {
  readonly response: AttemptResponse;
  readonly target: Target;
  readonly engineId: string;
}

/** Attempts of earlier turns: a request that was put back into the queue has been called before. */
export interface AttemptCounts {
  readonly attempts: number;
  readonly failedAttempts: number;
}

/**
 * Calls a server of the first target, and another one, of that or of the next target, when it is absent, full, slow or
 * failing, as long as the client has got no byte. A target gets a request once; a further call of it is a retry and
 * takes from the budget, unless no server was there to do work. So does a second call beside a first one that is slow.
 * @param first a lease that the queue has reserved for the request; settled here like every other
 * @throws {GatewayError} `timeout`, `model_unavailable`, `overloaded`, `upstream_error`, or the target's own refusal
 */
export function callTargets(
  request: CallRequest,
  tools: CallTools,
  before: AttemptCounts,
  first?: Lease,
): Promise<Answered> {
  const { generation, timeouts, abort } = request;
  const seconds = generation.stream ? timeouts.firstByteSeconds : timeouts.totalSeconds;
  const isReadOn = !generation.stream && request.plan.targets.some(({ kind }) => kind === "provider");
  const over = isReadOn ? new AbortController() : undefined;
  const timer = setTimeout(() => {
    abort.abort(new GatewayError("timeout", { message: timeoutMessage(generation.stream, seconds) }));
    over?.abort();
  }, seconds * 1000);
  tools.budget.request(tools.now());
  return new TargetCalls(request, tools, before, over?.signal, timer).run(first);
}

function timeoutMessage(isStream: boolean, seconds: number): string {
  return isStream
    ? `The model sent nothing within ${seconds} s. Shorten the prompt or try again.`
    : `The model did not respond within ${seconds} s. Lower max_tokens, or stream the response.`;
}

/** The calls of one request: the loop around `attempt-policy.ts`, which decides. */
class TargetCalls {
  readonly #request: CallRequest;
  readonly #tools: CallTools;
  readonly #before: AttemptCounts;
  /** Aborted when the route's time is over. */
  readonly #over: AbortSignal | undefined;
  /** Of the route's time. */
  readonly #timer: NodeJS.Timeout;
  #state: policy.AttemptState;
  #failedAttempts: number;
  /** The targets' refusals when the last lease was looked for. */
  #refusals: readonly Refusal[] = [];
  /** The first call's target, once a second call runs beside it. */
  #beside: Target | undefined = undefined;

  constructor(
    request: CallRequest,
    tools: CallTools,
    before: AttemptCounts,
    over: AbortSignal | undefined,
    timer: NodeJS.Timeout,
  ) {
    this.#request = request;
    this.#tools = tools;
    this.#before = before;
    this.#over = over;
    this.#timer = timer;
    this.#state = policy.beginAttempts(request.plan);
    this.#failedAttempts = before.failedAttempts;
  }

  /** Ends the timer. */
  async run(first: Lease | undefined): Promise<Answered> {
    try {
      let lease = first;
      while (this.#state.attempts < this.#state.maxAttempts) {
        lease ??= this.#reserve();
        if (lease === undefined) {
          if (await this.#nextRound()) continue;
          break;
        }
        const answered = await this.#callOrHedge(lease);
        if (answered !== undefined) return answered;
        lease = undefined;
      }
      const error = policy.finalError(this.#state, this.#refusals, tokenField(this.#request.generation));
      throw error.code === "timeout" && this.#request.generation.stream ? streamTimeout() : error;
    } finally {
      clearTimeout(this.#timer);
    }
  }

  /** A lease at the best target that the retry budget allows. */
  #reserve(): Lease | undefined {
    const { plan, generation } = this.#request;
    const { budget, now } = this.#tools;
    const isOutOfBudget = (target: Target) => policy.isRetry(this.#state, target) && !budget.canRetry(now());
    const isFirst = this.#state.failures.size === 0;
    const allowed = isFirst ? plan.targets : plan.targets.filter((target) => !isOutOfBudget(target));
    if (allowed.length < plan.targets.length) this.#state = policy.afterBudgetSpent(this.#state);
    const reservation = reserveFirst(allowed, generation, this.#state.tried);
    if (!isLease(reservation)) {
      this.#refusals = reservation;
      return undefined;
    }
    if (policy.isRetry(this.#state, reservation.target)) budget.tryRetry(now());
    return reservation;
  }

  /** Calls, and calls another upstream beside it where the route wants that for first calls that are slow. */
  #callOrHedge(lease: Lease): Promise<Answered | undefined> {
    const { plan, priority, abort } = this.#request;
    const isFirst = this.#before.attempts + this.#state.attempts === 0;
    if (plan.hedgeAfterMs === undefined || !isFirst || priority === "batch") return this.#call(lease, abort.signal);
    return hedge<Answered>({
      afterMs: plan.hedgeAfterMs,
      whole: abort.signal,
      first: (signal) => this.#call(lease, signal),
      second: () => {
        const other = this.#reserveBeside(lease.target);
        return other && ((signal) => this.#call(other, signal));
      },
      discard: ({ response }) => response.kind === "stream" && response.settle("ok"),
    });
  }

  /** A lease for a second call of a request that an upstream works on already, within the budget. */
  #reserveBeside(target: Target): Lease | undefined {
    const { plan, generation } = this.#request;
    const { budget, now } = this.#tools;
    if (!budget.canRetry(now())) return undefined;
    for (const candidate of plan.targets) {
      if (candidate.isEmergencyOnly) continue;
      const reservation = candidate.tryReserve(generation, { tried: this.#state.tried, insist: false });
      if (!isLease(reservation)) continue;
      budget.tryRetry(now());
      this.#beside = target;
      return reservation;
    }
    return undefined;
  }

  /** @returns the response, or `undefined` when another upstream may do better */
  async #call(lease: Lease, signal: AbortSignal): Promise<Answered | undefined> {
    const { requestId, generation, plan, isWhole } = this.#request;
    const { attempt = attemptOverHttp, memory, wholes } = this.#tools;
    const { target, upstream } = lease;
    const firstByteMs = policy.firstByteLimitMs(this.#state, plan, target, this.#beside);
    this.#state = policy.afterSending(this.#state, upstream);
    this.#note(lease);
    try {
      const response = await attempt({
        requestId,
        generation,
        lease,
        signal,
        over: target.kind === "provider" ? this.#over : undefined,
        firstByteMs,
        isWhole,
        memory,
        wholes,
      });
      // The call beside it was noted last.
      if (this.#beside !== undefined) this.#note(lease);
      return { response, target, engineId: upstream.id };
    } catch (error) {
      return await this.#onError(lease, error);
    }
  }

  async #onError(lease: Lease, error: unknown): Promise<undefined> {
    const { target, upstream } = lease;
    const billed = lease.settle(outcomeOf(error, this.#request.generation.stream));
    if (error instanceof UpstreamFailure) {
      this.#failedAttempts++;
      if (error.redirectsTo !== undefined) this.#request.note({ upstreamRedirect: error.redirectsTo });
      this.#state = policy.afterFailure(this.#state, target, error);
      if (error.kind === "denied" && (await upstream.renewCredentials?.()) === true)
        this.#state = policy.afterRenewal(this.#state, upstream);
    } else if (error instanceof UnsupportedByDialect) this.#state = policy.afterNotSent(this.#state, error.refusal);
    else if (error instanceof Unfunded) this.#state = policy.afterNotSent(this.#state);
    else if (!(error instanceof HedgedAway)) {
      if (isEndOfRequest(error)) this.#noteBilled(lease, billed);
      throw error;
    }
    this.#note();
  }

  /** Waits until it makes sense to call the same upstreams again. @returns false when it makes none */
  async #nextRound(): Promise<boolean> {
    const next = policy.nextRound(this.#state, this.#tools.random());
    if (next === undefined) return false;
    this.#state = next.state;
    const { signal } = this.#request.abort;
    await waitFor(next.waitMs, signal);
    signal.throwIfAborted();
    return true;
  }

  /** Together with the target, whose price they have: another call may run beside this one. */
  #noteBilled(lease: Lease, { promptTokens, completionTokens }: BilledTokens): void {
    this.#note(lease);
    this.#request.note({ sentPromptTokens: promptTokens, unseenCompletionTokens: completionTokens });
  }

  #note(lease?: Lease): void {
    const attempts = this.#before.attempts + this.#state.attempts;
    const counts = { attempts, failedAttempts: this.#failedAttempts };
    this.#request.note(lease === undefined ? counts : { ...counts, target: lease.target, engineId: lease.upstream.id });
  }
}

/** Whether the client has left, it was ended, or the time of its route is over: no fault of the target, nor of ours. */
function isEndOfRequest(error: unknown): boolean {
  if (error instanceof ClientGone || error instanceof RequestEnded) return true;
  return error instanceof GatewayError && error.code === "timeout";
}

/** Resolves after so many milliseconds, or when the signal is aborted. */
function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
