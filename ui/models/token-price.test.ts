import { expect, test } from "vitest";
import { readTokenPrice } from "./token-price.ts";

test.each([
  [
    { input_usd_per_million: 0.3, output_usd_per_million: 1.2 },
    { inputUsdPerMillion: 0.3, outputUsdPerMillion: 1.2 },
  ],
  [{ input_usd_per_million: "0.3", output_usd_per_million: 1.2 }, undefined],
  [{ input_usd_per_million: 0.3 }, undefined],
  [null, undefined],
  [undefined, undefined],
])("reads the price %j of a model as %j", (price, read) => {
  expect(readTokenPrice(price)).toEqual(read);
});
