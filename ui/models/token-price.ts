import { isRecord } from "../../lib/is-record.ts";

/** What tokens cost, in dollars for a million. */
export interface TokenPrice {
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
}

/** @param price of a model of `GET /v1/models` @returns `undefined` where it has none */
export function readTokenPrice(price: unknown): TokenPrice | undefined {
  if (!isRecord(price)) return undefined;
  const { input_usd_per_million: input, output_usd_per_million: output } = price;
  if (typeof input !== "number" || typeof output !== "number") return undefined;
  return { inputUsdPerMillion: input, outputUsdPerMillion: output };
}
