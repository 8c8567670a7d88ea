import { NANO_USD_PER_USD } from "../limits/nano-usd.ts";

/** What is charged for one kind of tokens of a model in a day: a line item of the costs API, with whose it is. */
export interface ChargeLine {
  /** Start of the day (UTC), in Unix seconds. */
  readonly start: number;
  /** Undefined for requests that have none. */
  readonly projectId: string | undefined;
  readonly userId: string | undefined;
  readonly apiKeyId: string | undefined;
  readonly model: string;
  /** `input_tokens` or `output_tokens`. */
  readonly item: string;
  readonly tokens: number;
  readonly nanoUsd: number;
}

/** The amount in dollars with all of its digits: 9 decimals at most, no exponent. */
export function decimalUsd(nanoUsd: number): string {
  const whole = Math.trunc(Math.abs(nanoUsd) / NANO_USD_PER_USD);
  const digits = String(Math.abs(nanoUsd) % NANO_USD_PER_USD).padStart(9, "0");
  const last = [...digits].findLastIndex((digit) => digit !== "0");
  return `${nanoUsd < 0 ? "-" : ""}${whole}${last === -1 ? "" : `.${digits.slice(0, last + 1)}`}`;
}
