import type { TokenPrice } from "../../contracts/targets/token-prices.ts";
import type { PricedTokens } from "../../domain/limits/nano-usd.ts";
import type { RequestFacts } from "../core/record.ts";
import type { Target } from "../core/target.ts";

/** What callers are charged for a target's tokens, before markups, when their request begins. @param epochMs wall clock */
export function callerPriceOf(target: Target, epochMs: number): TokenPrice {
  return target.callerPriceAt?.(epochMs) ?? target.priceAt(epochMs);
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
