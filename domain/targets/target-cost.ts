import type { TokenPrice, TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import { NANO_USD_PER_USD, nanoUsdOf } from "../limits/nano-usd.ts";

/** The price of a request that begins at a time: the same object for each of its requests. @param epochMs wall clock */
export function priceAt(settings: TokenPriceSettings, epochMs: number): TokenPrice {
  if (settings.priceChanges === undefined) return settings;
  const { base, changes } = priceTableOf(settings);
  const begun = changes.findLast(({ fromMs }) => fromMs <= epochMs);
  return begun === undefined || begun.toMs <= epochMs ? base : begun.price;
}

interface PriceTable {
  readonly base: TokenPrice;
  /** In the order of time; Unix milliseconds. */
  readonly changes: readonly { readonly fromMs: number; readonly toMs: number; readonly price: TokenPrice }[];
}

const priceTables = new WeakMap<TokenPriceSettings, PriceTable>();

function priceTableOf(settings: TokenPriceSettings): PriceTable {
  const found = priceTables.get(settings);
  if (found !== undefined) return found;
  const { priceChanges = [], ...base } = settings;
  const changes = priceChanges.map(({ from, to, ...price }) => ({
    fromMs: Date.parse(from),
    toMs: to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to),
    price,
  }));
  const table = { base, changes };
  priceTables.set(settings, table);
  return table;
}

/**
 * The price at which no request costs less than it will: all of its prompt as the dearest kind of input, all of its
 * completion as the dearest kind of output.
 */
export function upperPrice(price: TokenPrice): TokenPrice {
  const { inputUsdPerMillion: input, outputUsdPerMillion: output } = price;
  return {
    inputUsdPerMillion: Math.max(input, price.cachedInputUsdPerMillion ?? 0, price.cacheWriteUsdPerMillion ?? 0),
    outputUsdPerMillion: Math.max(output, price.reasoningUsdPerMillion ?? 0),
  };
}

/** Dollars of one completion, of whose tokens is not known what was cached or reasoning: at most so much. */
export function completionCostUsd(price: TokenPrice, promptTokens: number, completionTokens: number): number {
  const { inputUsdPerMillion, outputUsdPerMillion } = upperPrice(price);
  return (promptTokens * inputUsdPerMillion + completionTokens * outputUsdPerMillion) / 1_000_000;
}

/** Dollars of counted tokens, to the billionth, rounded up. */
export function usdOf(priced: Parameters<typeof nanoUsdOf>[0]): number {
  return nanoUsdOf(priced) / NANO_USD_PER_USD;
}

/** Seconds until the next calendar month begins, UTC: then a monthly cap is free again. @param epochMs wall clock */
export function secondsToNextMonth(epochMs: number): number {
  const now = new Date(epochMs);
  return Math.ceil((Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) - epochMs) / 1000);
}

/** The calendar month of a time, UTC, by which monthly caps count, e.g. `2026-11`. @param epochMs wall clock */
export function monthOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 7);
}
