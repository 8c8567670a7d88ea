import { expect, test } from "vitest";
import { coveringPrice } from "./covering-price.ts";
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
