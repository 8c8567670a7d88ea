import { expect, test } from "vitest";
import { costOf, duration, type Figures } from "./turn.ts";

const PRICE = { inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.6 };
const figures = (fields: Partial<Figures>): Figures => ({ sentAt: 1000, deltas: 0, ...fields });
const usage = { promptTokens: 12, completionTokens: 34 };

test("an answer costs its tokens by the model's price, in nano-dollars, once they are counted", () => {
  expect(costOf(figures({ usage }), PRICE)).toBe(21_600n);
  expect(costOf(figures({ deltas: 30 }), PRICE)).toBeUndefined();
});

test("a response from the cache costs nothing, and without a price nothing is shown", () => {
  expect(costOf(figures({ usage, cache: "hit" }), PRICE)).toBe(0n);
  expect(costOf(figures({ usage }), undefined)).toBeUndefined();
});

test("an answer takes the time from the request to its last token", () => {
  expect([duration(figures({})), duration(figures({ lastAt: 3500 }))]).toEqual([undefined, 2500]);
});
