import { expect, test } from "vitest";
import { coveringPrice, steppedPrice } from "./covering-price.ts";
import { seededNumbers } from "./test/usage-events.ts";

test("a covering price charges the cost of its tokens and the percentage above it, and hardly more", () => {
  const below = seededNumbers(3);
  for (let round = 0; round < 500; round++) {
    const costNanoUsd = 1 + below(10 ** 13);
    const [inputTokens, outputTokens] = [10 ** 6 + below(10 ** 10), below(10 ** 9)];
    const [outputWeight, percent] = [1 + below(8), below(50)];
    const price = coveringPrice({ costNanoUsd, inputTokens, outputTokens }, { outputWeight, percent });
    const { inputUsdPerMillion = 0, outputUsdPerMillion = 0 } = price ?? {};
    const charged = (inputTokens * inputUsdPerMillion + outputTokens * outputUsdPerMillion) * 1000;
    const wanted = costNanoUsd * (1 + percent / 100);
    expect(charged).toBeGreaterThan(wanted * (1 - 1e-6));
    // A millionth of a dollar more for a million tokens of each kind, by rounding.
    expect(charged).toBeLessThan(wanted + (inputTokens + (outputWeight + 1) * outputTokens) * 0.002);
  }
});

test("a covering price of no tokens is none, and of tokens without a cost is 0", () => {
  const none = { costNanoUsd: 7, inputTokens: 0, outputTokens: 0 };
  expect(coveringPrice(none, { outputWeight: 4, percent: 0 })).toBeUndefined();
  const free = { costNanoUsd: 0, inputTokens: 9, outputTokens: 0 };
  expect(coveringPrice(free, { outputWeight: 4, percent: 0 })).toEqual({
    inputUsdPerMillion: 0,
    outputUsdPerMillion: 0,
  });
});

// documented: stepped-price
test("a step of a price is at most its percentage up or down, never below 0, and the whole way from a free one", () => {
  const price = (inputUsdPerMillion: number, outputUsdPerMillion: number) => ({
    inputUsdPerMillion,
    outputUsdPerMillion,
  });
  expect(steppedPrice(price(1, 4), price(9, 4.1), 25)).toEqual(price(1.25, 4.1));
  expect(steppedPrice(price(1, 4), price(0, 3.9), 25)).toEqual(price(0.75, 3.9));
  expect(steppedPrice(price(1, 4), price(0, 0), 100)).toEqual(price(0, 0));
  expect(steppedPrice(price(0, 0), price(3, 12), 25)).toEqual(price(3, 12));
});
