/** What a model of a provider takes, in dollars for a million tokens. */
export interface TokenPrice {
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
}

/** Dollars of one answer. */
export function answerCostUsd(price: TokenPrice, promptTokens: number, completionTokens: number): number {
  return (promptTokens * price.inputUsdPerMillion + completionTokens * price.outputUsdPerMillion) / 1_000_000;
}

/** The calendar month of a time, UTC: what monthly caps count by, e.g. `2026-11`. @param epochMs wall clock */
export function monthOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 7);
}
