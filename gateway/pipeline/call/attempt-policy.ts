import { backoffMs } from "../../../domain/targets/backoff.ts";
import { CapacityExceeded } from "../../core/capacity-exceeded.ts";
import { GatewayError } from "../../core/gateway-error.ts";
import type { Refusal } from "../../core/lease.ts";
import type { Plan } from "../../core/plan.ts";
import { spendingCapError } from "../../core/spending-cap.ts";
import type { Target } from "../../core/target.ts";
import type { Upstream } from "../../core/upstream.ts";
import type { UpstreamFailure } from "../../core/upstream-failure.ts";
import { UpstreamsBlocked } from "../../core/upstreams-blocked.ts";

/** One upstream, and two that may take over. */
const MAX_ATTEMPTS = 3;
/** A chain of fallbacks may be longer; each of its targets is called once. */
const MAX_TARGETS = 6;
/** Longest wait before the same upstreams are called again; a longer `Retry-After` is for the client to wait. */
const MAX_WAIT_MS = 2000;

/** The results of a request's calls so far. Every function here returns a new state and changes none. */
export interface AttemptState {
  /** Calls that were sent. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Times that the same upstreams were allowed again after a wait. */
  readonly round: number;
  /** Upstreams that are not called again in this round. */
  readonly tried: ReadonlySet<Upstream>;
  /** The last failure of each target that was called. */
  readonly failures: ReadonlyMap<Target, UpstreamFailure>;
  /** The most informative failure. */
  readonly worst: UpstreamFailure | undefined;
  /** The refusal of a dialect that cannot express the request. */
  readonly unsupported: GatewayError | undefined;
  readonly isBudgetSpent: boolean;
}

const NONE_TRIED: ReadonlySet<Upstream> = new Set();
const NO_FAILURES: ReadonlyMap<Target, UpstreamFailure> = new Map();

export function beginAttempts({ targets }: Plan): AttemptState {
  return {
    attempts: 0,
    maxAttempts: Math.max(MAX_ATTEMPTS, Math.min(targets.length, MAX_TARGETS)),
    round: 0,
    tried: NONE_TRIED,
    failures: NO_FAILURES,
    worst: undefined,
    unsupported: undefined,
    isBudgetSpent: false,
  };
}

/** Whether a call to this target is a retry, which takes from the budget: not when no server has worked on the first. */
export function isRetry({ failures, round }: AttemptState, target: Target): boolean {
  const before = failures.get(target);
  return before !== undefined && (round > 0 || !before.isWithoutWork);
}

export function afterSending(state: AttemptState, upstream: Upstream): AttemptState {
  return { ...state, attempts: state.attempts + 1, tried: new Set(state.tried).add(upstream) };
}

export function afterFailure(state: AttemptState, target: Target, failure: UpstreamFailure): AttemptState {
  const failures = new Map(state.failures).set(target, failure);
  // A full upstream is the most informative failure: the model is there, and waiting helps.
  return { ...state, failures, worst: state.worst?.kind === "busy" ? state.worst : failure };
}

/** The upstream has new credentials, so it may be called again. */
export function afterRenewal(state: AttemptState, upstream: Upstream): AttemptState {
  const tried = new Set(state.tried);
  tried.delete(upstream);
  return { ...state, tried };
}

/**
 * Nothing was sent.
 * @param refusal of a dialect that cannot express the request. @default - there was no money for it
 */
export function afterNotSent(state: AttemptState, refusal?: GatewayError): AttemptState {
  return { ...state, attempts: state.attempts - 1, unsupported: state.unsupported ?? refusal };
}

export function afterBudgetSpent(state: AttemptState): AttemptState {
  return state.isBudgetSpent ? state : { ...state, isBudgetSpent: true };
}

/**
 * The next round, in which the same upstreams may be called again, and the wait before it in milliseconds.
 * @param random uniform in [0, 1)
 * @returns `undefined` when another round makes no sense
 */
export function nextRound(
  state: AttemptState,
  random: number,
): { readonly state: AttemptState; readonly waitMs: number } | undefined {
  const { worst, round, isBudgetSpent } = state;
  const canHelp = worst !== undefined && worst.health !== "good" && worst.kind !== "slow" && worst.kind !== "denied";
  if (!canHelp || isBudgetSpent || round >= MAX_ATTEMPTS - 1) return undefined;
  const waitMs = Math.max(backoffMs(round, random), (worst.retryAfterSeconds ?? 0) * 1000);
  if (waitMs > MAX_WAIT_MS) return undefined;
  return { state: { ...state, round: round + 1, tried: NONE_TRIED }, waitMs };
}

/** Milliseconds in which a stream's first byte must come; `undefined`: only the request's own limit holds. */
export function firstByteLimitMs(
  { failures }: AttemptState,
  { targets, failoverAfterMs }: Plan,
  target: Target,
  beside: Target | undefined,
): number | undefined {
  const isLast = targets.every((other) => other === target || other === beside || failures.has(other));
  if (isLast || failoverAfterMs === undefined) return target.firstByteMs;
  return Math.min(failoverAfterMs, target.firstByteMs ?? failoverAfterMs);
}

/**
 * The error of a request for which no upstream is left.
 * @param refusals the last refusals of the targets, at least one of each
 * @param tokenField the client's own bound of the completion, or what it is called
 */
export function finalError(
  { worst, unsupported }: AttemptState,
  refusals: readonly Refusal[],
  tokenField: string,
): GatewayError {
  // That no other upstream is left is the consequence; what happened to those that were called is the cause.
  if (worst !== undefined) return worst.toGatewayError();
  if (unsupported !== undefined) return unsupported;
  const lostRace = refusals.some(({ reason }) => reason === "lost-race");
  const isFull = refusals.some(({ reason }) => reason === "full");
  const blockedMs = Math.min(...refusals.map((refusal) => refusal.blockedMs));
  const isBlocked = Number.isFinite(blockedMs);
  if (lostRace || isFull) {
    // Other threads take and release shared slots at any moment, so a full count now proves nothing.
    const isSharedFull = refusals.some(({ reason, isShared }) => reason === "full" && isShared);
    return new CapacityExceeded({ lostRace: lostRace || (isSharedFull && !isBlocked) });
  }
  if (!isBlocked) return spendingCapError(refusals, tokenField) ?? new GatewayError("model_unavailable");
  return new UpstreamsBlocked({ blockedMs, isPaused: refusals.some(({ isPaused }) => isPaused) });
}
