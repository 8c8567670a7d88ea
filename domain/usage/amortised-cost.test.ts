import { describe, expect, test } from "vitest";
import { amortisedAdditions, HourOfPools } from "./amortised-cost.ts";
import { seededNumbers, usageEvent } from "./test/usage-events.ts";
import { readUsageKey } from "./usage-keys.ts";

const START = 1_789_999_200;
const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 3 };
/** Of a pool, without cached tokens and reasoning. */
const event = (id: string, keyId: string, inputTokens: number, outputTokens: number) =>
  usageEvent({
    id,
    keyId,
    target: "small",
    model: "chat",
    inputTokens,
    outputTokens,
    inputCachedTokens: 0,
    reasoningTokens: 0,
  });

describe("the shares of a pool's cost", () => {
  test("are by tokens at the pool's price, and by their number where it has none or they are free", () => {
    const costs = (price: typeof PRICE | null) => {
      const hour = new HourOfPools({ small: price }, START);
      hour.add(event("a", "key1", 3_000_000, 0));
      hour.add(event("b", "key2", 0, 1_000_000));
      return hour.shares("small", 8_000).map(({ keyId, costNanoUsd }) => [keyId, costNanoUsd]);
    };
    expect(costs(PRICE)).toEqual([
      ["key1", 4000],
      ["key2", 4000],
    ]);
    const byNumber = [
      ["key1", 6000],
      ["key2", 2000],
    ];
    expect(costs(null)).toEqual(byNumber);
    expect(costs({ inputUsdPerMillion: 0, outputUsdPerMillion: 0 })).toEqual(byNumber);
  });

  test("sum to the cost to the nano-dollar, whatever the cost and the order of events", () => {
    const below = seededNumbers(11);
    for (let round = 0; round < 200; round++) {
      const events = Array.from({ length: 1 + below(30) }, (_, index) =>
        event(`req_${index}`, `key${below(7)}`, below(10 ** (1 + below(8))), 1 + below(5000)),
      );
      const cost = below(2 ** 31) * (1 + below(10_000));
      const sharesOf = (ordered: typeof events) => {
        const hour = new HourOfPools({ small: PRICE }, START);
        for (const one of ordered) hour.add(one);
        return hour.shares("small", cost);
      };
      const shares = sharesOf(events);
      expect(shares.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)).toBe(cost);
      expect(sharesOf(events.toReversed()).map(({ keyId, costNanoUsd }) => [keyId, costNanoUsd])).toEqual(
        shares.map(({ keyId, costNanoUsd }) => [keyId, costNanoUsd]),
      );
    }
  });

  test("of a pool without tokens are one, of no project and key; other targets and requests without tokens have none", () => {
    const hour = new HourOfPools({ small: null }, START);
    hour.add(usageEvent({ target: "openai/gpt" }));
    hour.add(event("c", "key1", 0, 0));
    expect(hour.shares("small", 5)).toEqual([
      { pool: "small", route: "/v1/chat/completions", model: "small", isBatch: false, costNanoUsd: 5 },
    ]);
    expect(hour.shares("small", 0)).toEqual([]);
  });

  test("count in the sums of the hour and the day, as cost and as nothing else", () => {
    const hour = new HourOfPools({ small: null }, START);
    hour.add(event("a", "key1", 10, 0));
    const additions = amortisedAdditions(hour.shares("small", 77), START);
    expect(new Set(additions.map((one) => readUsageKey(one)?.width))).toEqual(new Set(["1h", "1d"]));
    expect(additions).toHaveLength(12);
    for (const { sums } of additions)
      expect(Object.entries(sums).filter(([, value]) => value !== 0)).toEqual([["costNanoUsd", 77]]);
  });
});
