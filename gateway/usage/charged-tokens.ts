import type { TokenPrice } from "../../contracts/targets/token-prices.ts";
import { nanoUsdOf, type PricedTokens } from "../../domain/limits/nano-usd.ts";
import { wholeTokens } from "../../domain/limits/token-buckets.ts";
import type { RequestFacts } from "../core/record.ts";
import type { Target } from "../core/target.ts";

/** What callers are charged for a target's tokens, before markups, when their request begins. @param epochMs wall clock */
export function callerPriceOf(target: Target, epochMs: number): TokenPrice {
  return target.callerPriceAt?.(epochMs) ?? target.priceAt(epochMs);
}

/** Tokens of a request that is over: where its response did not tell them, those that were sent and seen. */
export function usedTokens(facts: RequestFacts) {
  const { promptTokens = facts.sentPromptTokens ?? 0, completionTokens = facts.unseenCompletionTokens ?? 0 } = facts;
  return { promptTokens: wholeTokens(promptTokens), completionTokens: wholeTokens(completionTokens) };
}

/** Nano-dollars that the caller of a request is charged; 0 where no target responded. Its log line, metric and event have this one. */
export function chargeNanoUsdOf(facts: RequestFacts): number {
  return facts.target === undefined ? 0 : nanoUsdOf(chargedTokens(facts, facts.target, usedTokens(facts)));
}

/** A request's tokens with what its caller is charged for them. What its response does not tell counts 0. */
export function chargedTokens(
  facts: RequestFacts,
  target: Target,
  {
    promptTokens,
    completionTokens,
  }: { readonly promptTokens: number | undefined; readonly completionTokens: number | undefined },
): PricedTokens {
  const { pricedAt, priceFactor } = facts;
  return {
    price: callerPriceOf(target, pricedAt),
    priceFactor,
    promptTokens: promptTokens ?? 0,
    completionTokens: completionTokens ?? 0,
    cachedTokens: facts.cachedTokens,
    cacheWriteTokens: facts.cacheWriteTokens,
    reasoningTokens: facts.reasoningTokens,
  };
}
