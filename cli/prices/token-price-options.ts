import type { TokenPrice, TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import { UserError } from "../terminal/user-error.ts";

/** Options of `sluice prices set`, as they are written. */
export interface SetPriceOptions {
  readonly input: string;
  readonly output: string;
  readonly cached?: string;
  readonly cacheWrite?: string;
  readonly reasoning?: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * A model's prices with another one: for a span of time where `--from` is written, else in place of the one that holds
 * outside of such spans. A change that begins at the same time is replaced.
 * @throws {UserError}
 */
export function withPrice(before: TokenPriceSettings, options: SetPriceOptions): TokenPriceSettings {
  const price = priceOf(options);
  const { priceChanges = [] } = before;
  if (options.from === undefined) {
    if (options.to !== undefined) throw new UserError("--to needs --from: the time at which the price begins.");
    return { ...price, ...(priceChanges.length === 0 ? {} : { priceChanges }) };
  }
  const from = timeOf("--from", options.from);
  const to = options.to === undefined ? {} : { to: timeOf("--to", options.to) };
  const others = priceChanges.filter((change) => Date.parse(change.from) !== Date.parse(from));
  const changes = [...others, { ...price, from, ...to }].sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
  const { priceChanges: _, ...base } = before;
  return { ...base, priceChanges: changes };
}

function priceOf({ input, output, cached, cacheWrite, reasoning }: SetPriceOptions): TokenPrice {
  return {
    inputUsdPerMillion: dollarsOf("--input", input),
    outputUsdPerMillion: dollarsOf("--output", output),
    ...(cached === undefined ? {} : { cachedInputUsdPerMillion: dollarsOf("--cached", cached) }),
    ...(cacheWrite === undefined ? {} : { cacheWriteUsdPerMillion: dollarsOf("--cache-write", cacheWrite) }),
    ...(reasoning === undefined ? {} : { reasoningUsdPerMillion: dollarsOf("--reasoning", reasoning) }),
  };
}

function dollarsOf(option: string, text: string): number {
  if (/^\d{1,8}(\.\d{1,9})?$/.test(text)) return Number(text);
  throw new UserError(`${option} must be dollars for a million tokens, such as 0.15; got ${text}.`);
}

function timeOf(option: string, text: string): string {
  const ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new UserError(`${option} must be a date or time in UTC, such as 2026-12-01 or 2026-12-01T00:00Z; got ${text}.`);
}
