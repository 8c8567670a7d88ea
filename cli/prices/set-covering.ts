import { isDeepStrictEqual } from "node:util";
import { OperatorKey } from "../../contracts/control/admin-keys.ts";
import type { TokenPrice, TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import { priceAt } from "../../domain/targets/target-cost.ts";
import { steppedPrice } from "../../domain/usage/covering-price.ts";
import { AdminClient } from "../admin/admin-client.ts";
import { FREE, type PoolPrice, poolPrices, putPoolPrice } from "./pool-prices.ts";
import { withChange } from "./token-price-options.ts";

/** A model whose tokens had a cost, with the price that covers it; `null` without tokens. */
export interface CoveredModel {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly price: TokenPrice | null;
}

export interface SetOptions {
  /** ISO 8601, UTC: requests that begin then or later have the prices. */
  readonly from: string;
  /** Most change of a price at once. */
  readonly mostPercent: number;
  /** Tokens without which a model's price stays as it is. */
  readonly leastTokens: number;
  /** Whether the prices are stored. */
  readonly apply: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What is done about a model's price. */
export interface SetPrice {
  readonly model: string;
  /** The price that would hold at that time without a change of that time; `null` where the model is no pool. */
  readonly before: TokenPrice | null;
  /** The new price; `null` where it stays as it is. */
  readonly price: TokenPrice | null;
  readonly outcome: "set" | "to be set" | "same" | "no pool" | "too few tokens";
}

/** The gateways' administration, for five minutes, as the holder of an admin key who may operate them. @param url of the API */
export async function operatorClient(control: AdminClient, url: string): Promise<AdminClient> {
  const { value } = await control.call({ method: "POST", path: "/v1/organization/operator_keys" }, OperatorKey.strip());
  return new AdminClient({ url, key: value });
}

/** Sets the prices of pools to what covers their cost, in steps. Each change is one of its own, so that a run that fails can be repeated. */
export async function setCoveringPrices(
  gateway: AdminClient,
  models: readonly CoveredModel[],
  options: SetOptions,
): Promise<readonly SetPrice[]> {
  const pools = new Map((await poolPrices(gateway)).map((pool) => [pool.name, pool]));
  const done: SetPrice[] = [];
  for (const model of models) done.push(await setCoveringPrice(gateway, model, pools.get(model.model), options));
  return done;
}

async function setCoveringPrice(
  gateway: AdminClient,
  { model, inputTokens, outputTokens, price: wanted }: CoveredModel,
  pool: PoolPrice | undefined,
  { from, mostPercent, leastTokens, apply, now }: SetOptions,
): Promise<SetPrice> {
  if (pool === undefined) return { model, before: null, price: null, outcome: "no pool" };
  const settings: TokenPriceSettings = pool.settings ?? FREE;
  const time = Date.parse(from);
  // A run that is repeated begins at the same price, so that it makes no second step.
  const others = settings.priceChanges?.filter((change) => Date.parse(change.from) !== time);
  const before = priceAt({ ...settings, priceChanges: others }, time);
  if (wanted === null || inputTokens + outputTokens < leastTokens)
    return { model, before, price: null, outcome: "too few tokens" };
  const price = steppedPrice(before, wanted, mostPercent);
  if (isDeepStrictEqual(price, priceAt(settings, time))) return { model, before, price: null, outcome: "same" };
  if (!apply) return { model, before, price, outcome: "to be set" };
  await putPoolPrice(gateway, pool, withChange(settings, { ...price, from }, now));
  return { model, before, price, outcome: "set" };
}
