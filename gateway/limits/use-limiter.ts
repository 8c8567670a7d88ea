import type { AppliedLimit } from "../../domain/limits/applied-limits.ts";
import { isCalendarWindow } from "../../domain/limits/windows.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { limitError } from "./limit-error.ts";
import type { LimitCounter, LimitGrant, LimitRefusal, LimitStore } from "./limit-store.ts";
import type { QuotaCounter, QuotaStore } from "./quota-store.ts";
import {
  amountOf,
  amountsOf,
  completionBound,
  leastOf,
  type RequestAmounts,
  type RequestUse,
  type UsedAmounts,
  wantedOf,
} from "./request-use.ts";

/** Seconds of the windows that are counted as rates. */
const RATE_SECONDS = { now: 0, minute: 60, hour: 3600 } as const;
/** A day: no stream lasts for longer. The store ends what a process that is gone has in progress long before. */
const LEASE_MS = 86_400_000;

export interface UseLimiterOptions {
  /** Counts windows of at most an hour, and requests in progress. */
  readonly rates: LimitStore;
  /** Counts windows of the calendar. @default - this deployment has none, and refuses what they limit */
  readonly quotas: QuotaStore | undefined;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** Where a limit stands once the request is counted in it. */
export interface LimitCount {
  readonly limit: AppliedLimit;
  readonly left: number;
  /** Milliseconds until it begins anew; `Infinity` for never, 0 for what is in progress. */
  readonly resetMs: number;
}

/** What a request was granted of all of its limits. */
export interface UseGrant {
  /** Most tokens of each completion. */
  readonly completionTokens: number;
  /** Of the limits that stop requests. */
  readonly counts: readonly LimitCount[];
  /** Counts what was used in the place of what was granted. A second call does nothing. Never throws. */
  settle(used: UsedAmounts): void;
}

/** A request that is over one of its limits, and where that stands. */
export class LimitReached extends GatewayError {
  readonly count: LimitCount;

  constructor(count: LimitCount, amounts: RequestAmounts, nowMs: number) {
    const { code, options } = limitError(count, leastOf(count.limit.metric, count.limit.max, amounts), nowMs);
    super(code, options);
    this.name = "LimitReached";
    this.count = count;
  }
}

type Granted = readonly [limits: readonly AppliedLimit[], grant: LimitGrant];

/** Counts requests in all of their limits, or in none. */
export class UseLimiter {
  readonly #options: UseLimiterOptions;

  constructor(options: UseLimiterOptions) {
    this.#options = options;
  }

  /**
   * @throws {LimitReached} when less is left of a limit than the request uses at least
   * @throws {GatewayError} `limits_unavailable` when a limit can't be counted
   */
  async reserve(limits: readonly AppliedLimit[], use: RequestUse): Promise<UseGrant> {
    const rates = limits.filter(({ window }) => !isCalendarWindow(window));
    const quotas = limits.filter(({ window }) => isCalendarWindow(window));
    const rateGrant = rates.length === 0 ? undefined : await this.#reserveRates(rates, amountsOf(use));
    const first: readonly Granted[] = rateGrant === undefined ? [] : [[rates, rateGrant]];
    if (quotas.length === 0) return grantOf(first, use);
    try {
      // What the rates leave is all that the request can use of its quotas.
      const rest = { ...use, completionTokens: boundOf(first, use) };
      const quotaGrant = await this.#reserveQuotas(quotas, amountsOf(rest));
      return grantOf([...first, [quotas, quotaGrant]], rest);
    } catch (error) {
      rateGrant?.settle(rates.map(() => 0));
      throw error;
    }
  }

  async #reserveRates(limits: readonly AppliedLimit[], amounts: RequestAmounts): Promise<LimitGrant> {
    const counters = limits.map((limit) => rateCounter(limit, amounts));
    return this.#granted(limits, amounts, await this.#options.rates.reserve(counters, LEASE_MS));
  }

  async #reserveQuotas(limits: readonly AppliedLimit[], amounts: RequestAmounts): Promise<LimitGrant> {
    const counters = limits.flatMap((limit) => quotaCounter(limit, amounts));
    return this.#granted(limits, amounts, await this.#options.quotas?.reserve(counters));
  }

  #granted(
    limits: readonly AppliedLimit[],
    amounts: RequestAmounts,
    outcome: LimitGrant | LimitRefusal | undefined,
  ): LimitGrant {
    if (outcome === undefined) throw new GatewayError("limits_unavailable");
    if (outcome.isGranted) return outcome;
    const limit = limits[outcome.counter];
    if (limit === undefined) throw new GatewayError("limits_unavailable");
    throw new LimitReached({ limit, left: outcome.left, resetMs: outcome.resetMs }, amounts, this.#options.wallClock());
  }
}

function rateCounter({ name, metric, window, max }: AppliedLimit, amounts: RequestAmounts): LimitCounter {
  const windowSeconds = isCalendarWindow(window) || metric === "concurrency" ? 0 : RATE_SECONDS[window];
  return { name, max, amount: wantedOf(metric, max, amounts), least: leastOf(metric, max, amounts), windowSeconds };
}

function quotaCounter(
  { name, scope, subject, metric, model, window, max, timeZone, isAlert, credits }: AppliedLimit,
  amounts: RequestAmounts,
): QuotaCounter[] {
  if (!isCalendarWindow(window)) return [];
  const counted = { amount: wantedOf(metric, max, amounts), least: leastOf(metric, max, amounts) };
  // Anybody can use up the budget of an address.
  const isReported = scope !== "address";
  const about = { scope, subject, metric, model };
  return [
    { name, max, ...counted, window, timeZone, isMoney: metric === "nano_usd", isAlert, isReported, credits, about },
  ];
}

function grantOf(granted: readonly Granted[], use: RequestUse): UseGrant {
  const counts = granted.flatMap(([limits, { left, resetMs }]) =>
    limits.map((limit, index) => ({ limit, left: left[index] ?? 0, resetMs: resetMs[index] ?? 0 })),
  );
  return {
    completionTokens: boundOf(granted, use),
    counts: counts.filter(({ limit }) => !limit.isAlert),
    settle: (used) => {
      for (const [limits, grant] of granted) grant.settle(limits.map(({ metric }) => amountOf(metric, used)));
    },
  };
}

/** Most tokens of each completion that all limits allow together. */
function boundOf(granted: readonly Granted[], use: RequestUse): number {
  const bounds = granted.flatMap(([limits, { amounts }]) =>
    limits.map(({ metric, isAlert }, index) =>
      isAlert ? use.completionTokens : completionBound(metric, amounts[index] ?? 0, use),
    ),
  );
  return Math.min(use.completionTokens, ...bounds);
}
