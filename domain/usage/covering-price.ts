import type { TokenPrice } from "../../contracts/targets/token-prices.ts";
import { NANO_USD_PER_USD } from "../limits/nano-usd.ts";

/** What a model cost in a time, and its tokens in it. */
export interface CostOfTokens {
  readonly costNanoUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** How a price is made of costs. */
export interface CoveringOptions {
  /** How many times as much a token of the completion costs as one of the prompt. */
  readonly outputWeight: number;
  /** Above the cost. */
  readonly percent: number;
}

const TOKENS = 1_000_000;
/** Of a dollar for a million tokens. */
const DECIMALS = 6;

/**
 * The lowest list price, to a millionth of a dollar for a million tokens, at which those tokens would have been charged their cost
 * and the percentage above it.
 * @returns undefined where there were no tokens
 */
export function coveringPrice(
  { costNanoUsd, inputTokens, outputTokens }: CostOfTokens,
  { outputWeight, percent }: CoveringOptions,
): TokenPrice | undefined {
  const weighted = inputTokens + outputWeight * outputTokens;
  if (weighted === 0) return undefined;
  const usd = (costNanoUsd / NANO_USD_PER_USD) * (1 + percent / 100);
  const input = roundedUp((usd / weighted) * TOKENS);
  return { inputUsdPerMillion: input, outputUsdPerMillion: roundedUp(input * outputWeight) };
}

/**
 * The wanted price as far as one step goes: each of its two kinds is at most this percentage above or below what it was. A kind that
 * was free has the wanted price at once, as no percentage leads there.
 * @param before other kinds than input and output are not looked at: a covering price has none
 */
export function steppedPrice(before: TokenPrice, wanted: TokenPrice, mostPercent: number): TokenPrice {
  const step = (was: number, next: number) => {
    const [least, most] = [was * (1 - mostPercent / 100), was * (1 + mostPercent / 100)];
    return was === 0 ? next : roundedUp(Math.max(0, least, Math.min(next, most)));
  };
  return {
    inputUsdPerMillion: step(before.inputUsdPerMillion, wanted.inputUsdPerMillion),
    outputUsdPerMillion: step(before.outputUsdPerMillion, wanted.outputUsdPerMillion),
  };
}

function roundedUp(value: number): number {
  // Binary fractions make 1.1 * 1e6 a hair more than it is, which must not be the next millionth.
  return Math.max(0, Math.ceil(value * 10 ** DECIMALS - 1e-4)) / 10 ** DECIMALS;
}
