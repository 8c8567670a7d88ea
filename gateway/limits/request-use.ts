import type { LimitMetric } from "../../contracts/limits/use-limit.ts";
import type { TokenPrice } from "../../contracts/targets/token-prices.ts";
import { completionTokensFor, nanoUsdOf } from "../../domain/limits/nano-usd.ts";

/** What a request may use, as far as it is known before it runs. */
export interface RequestUse {
  /** Tokens of its prompt, estimated. */
  readonly promptTokens: number;
  /** The same at the very least. */
  readonly leastPromptTokens: number;
  /** Completions that it asks for; 0 where nothing is generated. */
  readonly completions: number;
  /** Most tokens of each of them. */
  readonly completionTokens: number;
  /** Whether its client has bounded them. */
  readonly isBounded: boolean;
  /** A completion that would have to be shorter is refused. */
  readonly leastCompletionTokens: number;
  /** Prices of the targets that may serve it; at least one. */
  readonly prices: readonly TokenPrice[];
  /** Price of its tokens against those of an ordinary request. */
  readonly priceFactor: number;
}

/** What a request used. */
export interface UsedAmounts {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly nanoUsd: number;
}

/** Tokens of a completion that is longer than most: what one without a bound reserves also of a small limit. */
const LONG_COMPLETION_TOKENS = 4096;
/** Part of a limit that a request without a bound may reserve: as many of them as this run at once. */
const UNBOUNDED_REQUESTS_AT_ONCE = 8;

/** What a request uses, computed once for all of its limits. */
export interface RequestAmounts {
  /** At most: its estimated prompt and longest completion, at the dearest of its targets. */
  readonly most: UsedAmounts;
  /** The same, with a long completion where its client has not bounded it. */
  readonly long: UsedAmounts;
  /** With its shortest completion. */
  readonly shortest: UsedAmounts;
  /** The same with the least that its prompt can have. */
  readonly least: UsedAmounts;
}

export function amountsOf(use: RequestUse): RequestAmounts {
  const { promptTokens, leastPromptTokens, completions, completionTokens, leastCompletionTokens, isBounded } = use;
  const shortest = completions * Math.min(completionTokens, leastCompletionTokens);
  const long = isBounded ? completionTokens : Math.min(completionTokens, LONG_COMPLETION_TOKENS);
  return {
    most: amountsWith(use, promptTokens, completions * completionTokens),
    long: amountsWith(use, promptTokens, completions * long),
    shortest: amountsWith(use, promptTokens, shortest),
    least: amountsWith(use, Math.min(promptTokens, leastPromptTokens), shortest),
  };
}

/**
 * What a request reserves of a limit, where so much is left: the most that it uses. One without a bound of its completion
 * reserves a share of the limit or a long completion, so that others can run beside it.
 */
export function wantedOf(metric: LimitMetric, max: number, { most, long }: RequestAmounts): number {
  const share = Math.ceil(max / UNBOUNDED_REQUESTS_AT_ONCE);
  return Math.min(amountOf(metric, most), Math.max(amountOf(metric, long), share));
}

/**
 * What must be left of a limit, so that the request is not refused: its estimated prompt and its shortest completion. Where
 * that is more than the limit ever has, the estimate may be too high, and the least that the prompt can have counts.
 */
export function leastOf(metric: LimitMetric, max: number, { shortest, least }: RequestAmounts): number {
  const estimated = amountOf(metric, shortest);
  return estimated <= max ? estimated : amountOf(metric, least);
}

function amountsWith({ prices, priceFactor }: RequestUse, promptTokens: number, completionTokens: number): UsedAmounts {
  return {
    promptTokens,
    completionTokens,
    // Most requests have no limit of money.
    get nanoUsd() {
      return Math.max(0, ...prices.map((price) => nanoUsdOf({ price, promptTokens, completionTokens, priceFactor })));
    },
  };
}

/** What of it a limit counts. */
export function amountOf(metric: LimitMetric, used: UsedAmounts): number {
  switch (metric) {
    case "requests":
    case "concurrency":
      return 1;
    case "input_tokens":
      return used.promptTokens;
    case "output_tokens":
      return used.completionTokens;
    case "tokens":
      return used.promptTokens + used.completionTokens;
    case "nano_usd":
      return used.nanoUsd;
  }
}

/** The most tokens of each completion with which a request keeps to what a limit has granted it. */
export function completionBound(metric: LimitMetric, granted: number, use: RequestUse): number {
  const tokens = completionTokensIn(metric, granted, use);
  if (use.completions === 0 || tokens === undefined) return use.completionTokens;
  // A prompt whose estimate is over the whole limit may be shorter: its shortest completion is granted all the same.
  const least = Math.min(use.completionTokens, use.leastCompletionTokens);
  return Math.min(use.completionTokens, Math.max(least, Math.floor(tokens / use.completions)));
}

/** Tokens of all completions together; `undefined` where the limit does not count them. */
function completionTokensIn(metric: LimitMetric, granted: number, use: RequestUse): number | undefined {
  const { promptTokens, prices, priceFactor } = use;
  switch (metric) {
    case "output_tokens":
      return granted;
    case "tokens":
      return granted - promptTokens;
    case "nano_usd":
      return Math.min(
        ...prices.map((price) => completionTokensFor(granted, { price, promptTokens, priceFactor }) ?? 0),
      );
    default:
      return undefined;
  }
}
