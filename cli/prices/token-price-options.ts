import { MAX_PRICE_CHANGES } from "../../contracts/targets/price-limits.ts";
import type { TokenPrice, TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import { withDatedChange } from "../../lib/time/dated-changes.ts";
import { isoTime } from "../../lib/time/iso-time.ts";
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
 * @param now Unix milliseconds, before which changes that are over are left out where there would be too many
 * @throws {UserError}
 */
export function withPrice(before: TokenPriceSettings, options: SetPriceOptions, now: number): TokenPriceSettings {
  const price = priceOf(options);
  const { priceChanges = [] } = before;
  if (options.from === undefined) {
    if (options.to !== undefined) throw new UserError("--to needs --from: the time at which the price begins.");
    return { ...price, ...(priceChanges.length === 0 ? {} : { priceChanges }) };
  }
  const from = timeOf("--from", options.from);
  const to = options.to === undefined ? {} : { to: timeOf("--to", options.to) };
  return withChange(before, { ...price, from, ...to }, now);
}

type PriceChange = NonNullable<TokenPriceSettings["priceChanges"]>[number];

/**
 * A model's prices with another change; one that begins at the same time is replaced.
 * @param now Unix milliseconds, before which the oldest changes that are over are left out where there would be too many
 */
export function withChange(before: TokenPriceSettings, change: PriceChange, now: number): TokenPriceSettings {
  const { priceChanges = [], ...base } = before;
  return { ...base, priceChanges: withDatedChange(priceChanges, change, MAX_PRICE_CHANGES, now) };
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

/** @throws {UserError} */
export function timeOf(option: string, text: string): string {
  const ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(text) ? isoTime(text) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new UserError(`${option} must be a date or time in UTC, such as 2026-12-01 or 2026-12-01T00:00Z; got ${text}.`);
}
