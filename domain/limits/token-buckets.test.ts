import fc from "fast-check";
import { expect, test } from "vitest";
import { tokenBuckets } from "./token-buckets.ts";

const Count = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000 }),
  fc.constantFrom(-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY),
);
const Detail = fc.option(Count, { nil: undefined });

test("kinds of tokens are disjoint and sum up to the whole, whatever a response claims of its details", () => {
  fc.assert(
    fc.property(Count, Count, Detail, Detail, Detail, (promptTokens, completionTokens, cached, written, reasoning) => {
      const details = { cachedTokens: cached, cacheWriteTokens: written, reasoningTokens: reasoning };
      const buckets = tokenBuckets({ promptTokens, completionTokens, ...details });
      const whole = tokenBuckets({ promptTokens, completionTokens });
      for (const tokens of Object.values(buckets)) expect(tokens).toBeGreaterThanOrEqual(0);
      expect(buckets.input + buckets.cachedInput + buckets.cacheWrite).toBe(whole.input);
      expect(buckets.output + buckets.reasoning).toBe(whole.output);
    }),
    { numRuns: 2000 },
  );
});
