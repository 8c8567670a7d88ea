import * as z from "zod";
import { TokenPriceSettings } from "../targets/token-prices.ts";
import { UsageEvent } from "./usage-event.ts";

/**
 * Pools whose instance cost is shared among the requests of each hour, with the price that weighs their tokens. `null`: every
 * token weighs the same.
 */
export const AmortisedPools = z.record(z.string().min(1), TokenPriceSettings.nullable());
export type AmortisedPools = Readonly<Record<string, TokenPriceSettings | null>>;

/** What requests of one project, user, key, model and kind have of what a pool cost in an hour. Written once. */
export const CostShare = z.object({
  pool: z.string(),
  /** Of one of the requests; of none where the pool served no token. */
  ...UsageEvent.pick({ route: true, model: true, isBatch: true, keyId: true, projectId: true, userId: true }).shape,
  costNanoUsd: z.int().nonnegative(),
});
export type CostShare = Readonly<z.infer<typeof CostShare>>;

/** The shares of an hour in the table of usage: this item, and those of its parts. It is written last, and only once. */
export const StoredShares = z.object({
  /** Names the parts: those of a run that was killed have another one. */
  run: z.string().min(1),
  parts: z.int().nonnegative(),
});
export type StoredShares = Readonly<z.infer<typeof StoredShares>>;

/** Name of what is counted of the shares of an hour, and partition key of their items: `amortised 2026-11-29T09`. */
export function amortisedSeries(seconds: number): string {
  return `amortised ${new Date(seconds * 1000).toISOString().slice(0, 13)}`;
}
