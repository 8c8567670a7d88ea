import type { AmortisedPools, CostShare } from "../../contracts/usage/amortised-cost.ts";
import type { UsageWidth } from "../../contracts/usage/usage-counter.ts";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { nanoUsdOf } from "../limits/nano-usd.ts";
import { priceAt } from "../targets/target-cost.ts";
import { sumsWith, type UsageAddition, UsageAdditions, usageKind } from "./usage-sums.ts";

/** Requests that are equal in every dimension of the sums. */
interface Group {
  readonly share: Omit<CostShare, "costNanoUsd">;
  /** What the tokens cost by the pool's price, in nano-dollars. */
  priced: bigint;
  tokens: bigint;
}

/** An hour's cost is in no minute: instances cost the same in each of them. */
const WIDTHS: readonly UsageWidth[] = ["1h", "1d"];

/** Shares the costs of pools in one hour among the requests that they served in it, by their tokens. */
export class HourOfPools {
  readonly #pools: AmortisedPools;
  /** Unix seconds of the hour's beginning. */
  readonly #start: number;
  readonly #groups = new Map<string, Group>();

  constructor(pools: AmortisedPools, start: number) {
    this.#pools = pools;
    this.#start = start;
  }

  /** Counts an event of the hour; one of another target changes nothing. */
  add(event: UsageEvent): void {
    const { target: pool, inputTokens: promptTokens, outputTokens: completionTokens } = event;
    const settings = pool === undefined ? undefined : this.#pools[pool];
    const tokens = BigInt(promptTokens) + BigInt(completionTokens);
    if (pool === undefined || settings === undefined || tokens === 0n) return;
    const { route, model, isBatch, keyId, projectId, userId } = event;
    const name = JSON.stringify([pool, usageKind(event), model, isBatch, keyId, projectId, userId]);
    const share = { pool, route, model, isBatch, keyId, projectId, userId };
    const group = this.#groups.get(name) ?? { share, priced: 0n, tokens: 0n };
    this.#groups.set(name, group);
    group.tokens += tokens;
    if (settings === null) return;
    const { inputCachedTokens: cachedTokens, inputCacheWriteTokens: cacheWriteTokens, reasoningTokens } = event;
    const price = priceAt(settings, this.#start * 1000);
    const counted = { promptTokens, completionTokens, cachedTokens, cacheWriteTokens, reasoningTokens };
    group.priced += BigInt(nanoUsdOf({ ...counted, price }));
  }

  /**
   * The shares of a pool's cost; together they are the cost. A pool without tokens has one share of no project and key.
   * Tokens weigh by the pool's price, and the same where it has none or they are free.
   */
  shares(pool: string, costNanoUsd: number): readonly CostShare[] {
    const groups = [...this.#groups].filter(([, { share }]) => share.pool === pool);
    const ordered = groups.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
    const isPriced = ordered.some(({ priced }) => priced > 0n);
    const weights = ordered.map(({ priced, tokens }) => (isPriced ? priced : tokens));
    if (ordered.length === 0) {
      const none = { pool, route: "/v1/chat/completions", model: pool, isBatch: false };
      return costNanoUsd === 0 ? [] : [{ ...none, costNanoUsd }];
    }
    const parts = dividedBy(weights, BigInt(costNanoUsd));
    return ordered
      .map(({ share }, index) => ({ ...share, costNanoUsd: Number(parts[index]) }))
      .filter((share) => share.costNanoUsd > 0);
  }
}

/** Parts of a whole by weights: each is rounded down, and what is left goes to those that lost most. */
function dividedBy(weights: readonly bigint[], whole: bigint): readonly bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  const parts = weights.map((weight) => (whole * weight) / sum);
  const left = Number(whole - parts.reduce((all, part) => all + part, 0n));
  const lost = weights.map((weight, index) => ({ index, lost: (whole * weight) % sum }));
  const first = lost.toSorted((a, b) => (a.lost === b.lost ? a.index - b.index : a.lost > b.lost ? -1 : 1));
  const raised = new Set(first.slice(0, left).map(({ index }) => index));
  return parts.map((part, index) => part + (raised.has(index) ? 1n : 0n));
}

/** What is added to the sums for the shares of an hour. @param start Unix seconds of its beginning */
export function amortisedAdditions(shares: readonly CostShare[], start: number): readonly UsageAddition[] {
  const additions = new UsageAdditions();
  addShares(additions, shares, start, WIDTHS);
  return additions.inOrder();
}

/** Adds shares to what counts in the sums of these widths; minutes have none. */
export function addShares(
  additions: UsageAdditions,
  shares: readonly CostShare[],
  start: number,
  widths: readonly UsageWidth[],
): void {
  const endedAt = new Date(start * 1000).toISOString();
  const counted = widths.filter((width) => WIDTHS.includes(width));
  for (const { costNanoUsd, ...share } of shares)
    additions.add({ ...share, endedAt }, sumsWith({ costNanoUsd }), counted);
}
