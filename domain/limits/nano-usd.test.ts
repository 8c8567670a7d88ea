import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { upperPrice } from "../targets/target-cost.ts";
import { completionTokensFor, nanoUsdOf, nanoUsdOfDollars } from "./nano-usd.ts";

/** Prices with up to 6 decimals, as price lists have them: `micro` is in millionths of a dollar for a million tokens. */
const Price = fc.integer({ min: 0, max: 200_000_000 }).map((micro) => ({ micro, usd: micro / 1_000_000 }));
const Tokens = fc.integer({ min: 0, max: 2_000_000 });
const Factor = fc.constantFrom({ usual: 1, tenths: 10n }, { usual: 0.5, tenths: 5n }, { usual: 0.1, tenths: 1n });

describe("the price of a request in nano-dollars", () => {
  // documented: nano-usd-exact
  test("is exact in whole nano-dollars, rounded up once", () => {
    fc.assert(
      fc.property(Price, Price, Tokens, Tokens, Factor, (input, output, promptTokens, completionTokens, factor) => {
        const price = { inputUsdPerMillion: input.usd, outputUsdPerMillion: output.usd };
        const charged = { price, promptTokens, completionTokens, priceFactor: factor.usual };
        // A millionth of a dollar for a million tokens is a thousandth of a nano-dollar for one.
        const exact =
          (BigInt(promptTokens * input.micro) + BigInt(completionTokens) * BigInt(output.micro)) * factor.tenths;
        const up = exact % 10_000n === 0n ? 0n : 1n;
        expect(nanoUsdOf(charged)).toBe(Number(exact / 10_000n + up));
      }),
      { numRuns: 2000 },
    );
  });

  test("is the same above and below the sums that a double holds exactly", () => {
    const Count = fc.oneof(Tokens, fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
    const Micro = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 10_000_000 * 1_000_000 }));
    fc.assert(
      fc.property(Micro, Micro, Count, Count, (input, output, promptTokens, completionTokens) => {
        const price = { inputUsdPerMillion: input / 1_000_000, outputUsdPerMillion: output / 1_000_000 };
        const thousandths = BigInt(promptTokens) * BigInt(input) + BigInt(completionTokens) * BigInt(output);
        const exact = (thousandths + 999n) / 1000n;
        const most = BigInt(Number.MAX_SAFE_INTEGER);
        expect(nanoUsdOf({ price, promptTokens, completionTokens })).toBe(Number(exact < most ? exact : most));
      }),
      { numRuns: 5000 },
    );
  });

  test("reads a price as it is written: a tenth of a dollar is no double", () => {
    const price = { inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.3 };
    expect(nanoUsdOf({ price, promptTokens: 3, completionTokens: 1 })).toBe(600);
    const tiny = { inputUsdPerMillion: 1e-7, outputUsdPerMillion: 1.5e-7 };
    expect(nanoUsdOf({ price: tiny, promptTokens: 10_000, completionTokens: 0 })).toBe(1);
    expect(nanoUsdOf({ price: tiny, promptTokens: 10_000, completionTokens: 1 })).toBe(2);
  });

  test("counts each kind of tokens once, at its own price", () => {
    fc.assert(
      fc.property(
        fc.array(Price, { minLength: 5, maxLength: 5 }),
        fc.array(Tokens, { minLength: 5, maxLength: 5 }),
        (prices, tokens) => {
          const [input, cached, written, output, reasoning] = prices;
          const [inputTokens = 0, cachedTokens = 0, cacheWriteTokens = 0, outputTokens = 0, reasoningTokens = 0] =
            tokens;
          const price = {
            inputUsdPerMillion: input?.usd ?? 0,
            cachedInputUsdPerMillion: cached?.usd,
            cacheWriteUsdPerMillion: written?.usd,
            outputUsdPerMillion: output?.usd ?? 0,
            reasoningUsdPerMillion: reasoning?.usd,
          };
          const nanoUsd = nanoUsdOf({
            price,
            promptTokens: inputTokens + cachedTokens + cacheWriteTokens,
            completionTokens: outputTokens + reasoningTokens,
            cachedTokens,
            cacheWriteTokens,
            reasoningTokens,
          });
          const exact = tokens.reduce(
            (sum, count, index) => sum + BigInt(count) * BigInt(prices[index]?.micro ?? 0),
            0n,
          );
          expect(nanoUsd).toBe(Number(exact / 1000n + (exact % 1000n === 0n ? 0n : 1n)));
          // What is reserved is never less than what is charged.
          const { promptTokens, completionTokens } = {
            promptTokens: inputTokens + cachedTokens + cacheWriteTokens,
            completionTokens: outputTokens + reasoningTokens,
          };
          expect(nanoUsdOf({ price: upperPrice(price), promptTokens, completionTokens })).toBeGreaterThanOrEqual(
            nanoUsd,
          );
        },
      ),
    );
  });

  test("of its prompt alone is at most that of the whole request", () => {
    fc.assert(
      fc.property(Price, Price, Tokens, Tokens, (input, output, promptTokens, completionTokens) => {
        const price = { inputUsdPerMillion: input.usd, outputUsdPerMillion: output.usd };
        const whole = nanoUsdOf({ price, promptTokens, completionTokens });
        const part = nanoUsdOf({ price, promptTokens, completionTokens: 0 });
        expect(part).toBeLessThanOrEqual(whole);
      }),
    );
  });

  test.each([Number.NaN, -5, Number.NEGATIVE_INFINITY])("takes %s for no tokens", (tokens) => {
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
    expect(nanoUsdOf({ price, promptTokens: tokens, completionTokens: tokens })).toBe(0);
  });

  test("is at most what a double holds exactly", () => {
    const price = { inputUsdPerMillion: 10_000_000, outputUsdPerMillion: 10_000_000 };
    const charged = { price, promptTokens: Number.MAX_SAFE_INTEGER, completionTokens: Number.POSITIVE_INFINITY };
    expect(nanoUsdOf(charged)).toBe(Number.MAX_SAFE_INTEGER);
  });

  test("of an amount in dollars", () => {
    expect([0.1, 12.34, 1e-9, 1e-10, 0, -1, 9e9].map(nanoUsdOfDollars)).toEqual([
      100_000_000,
      12_340_000_000,
      1,
      1,
      0,
      0,
      Number.MAX_SAFE_INTEGER,
    ]);
  });
});

describe("the completion tokens that fit into an amount", () => {
  test("cost at most the amount, and one more costs more", () => {
    fc.assert(
      fc.property(
        Price,
        Price,
        Tokens,
        fc.integer({ min: 0, max: 1e12 }),
        Factor,
        (input, output, promptTokens, nanoUsd, factor) => {
          const price = { inputUsdPerMillion: input.usd, outputUsdPerMillion: output.usd };
          const charged = { price, promptTokens, priceFactor: factor.usual };
          const cost = (completionTokens: number) => nanoUsdOf({ ...charged, completionTokens });
          const tokens = completionTokensFor(nanoUsd, charged);
          if (tokens === undefined) expect(cost(0)).toBeGreaterThan(nanoUsd);
          else expect(cost(tokens)).toBeLessThanOrEqual(nanoUsd);
          if (tokens !== undefined && tokens < Number.MAX_SAFE_INTEGER)
            expect(cost(tokens + 1)).toBeGreaterThan(nanoUsd);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("are without a bound where they cost nothing", () => {
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 0 };
    expect(completionTokensFor(1000, { price, promptTokens: 1 })).toBe(Number.MAX_SAFE_INTEGER);
    expect(completionTokensFor(999, { price, promptTokens: 1 })).toBeUndefined();
  });
});
