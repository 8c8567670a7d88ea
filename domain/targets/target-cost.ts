import type { ProviderSettings } from "../../contracts/targets/target-settings.ts";

/** Prices of a provider's model, in dollars for a million tokens. */
export type TokenPrice = Pick<ProviderSettings["models"][string], "inputUsdPerMillion" | "outputUsdPerMillion">;

/** Dollars of one completion. */
export function completionCostUsd(price: TokenPrice, promptTokens: number, completionTokens: number): number {
  return (promptTokens * price.inputUsdPerMillion + completionTokens * price.outputUsdPerMillion) / 1_000_000;
}

/**
 * Dollars that a request is charged.
 * @param priceFactor price of its tokens relative to an ordinary request, e.g. 0.5 for a batch request
 */
export function chargeUsd(
  price: TokenPrice,
  { promptTokens = 0, completionTokens = 0, priceFactor }: ChargedTokens,
): number {
  return completionCostUsd(price, promptTokens, completionTokens) * priceFactor;
}

export interface ChargedTokens {
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  readonly priceFactor: number;
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
