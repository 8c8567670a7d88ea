import * as z from "zod";
import { MAX_PRICE_CHANGES, MAX_USD_PER_MILLION } from "./price-limits.ts";

const dollars = z.number().min(0).max(MAX_USD_PER_MILLION);
const time = z.iso.datetime("must be a time in UTC such as 2027-01-01T00:00:00Z");

/**
 * Dollars for a million tokens. The five kinds of tokens are disjoint: a prompt is what was read from the provider's cache,
 * what was written to it, and the rest; a completion is its reasoning and the rest.
 */
export const TokenPrice = z.strictObject({
  inputUsdPerMillion: dollars,
  outputUsdPerMillion: dollars,
  /** Of the prompt's tokens that were read from the provider's cache. @default - as other input */
  cachedInputUsdPerMillion: dollars.optional(),
  /** Of the prompt's tokens that were written to the provider's cache. @default - as other input */
  cacheWriteUsdPerMillion: dollars.optional(),
  /** Of the completion's tokens that are reasoning. @default - as other output */
  reasoningUsdPerMillion: dollars.optional(),
});
export type TokenPrice = Readonly<z.infer<typeof TokenPrice>>;

/** A price for a span of time. */
const PriceChange = TokenPrice.extend({
  /** ISO 8601, UTC: requests that begin then or later have this price. */
  from: time,
  /** Requests that begin then or later do not have it. @default - until the next change, or for good */
  to: time.optional(),
});

/** The price of a model, and its changes in the order of time; while none of them holds, the price beside them does. */
export const TokenPriceSettings = TokenPrice.extend({
  priceChanges: z
    .array(PriceChange)
    .max(MAX_PRICE_CHANGES)
    .superRefine((changes, context) => {
      for (const [index, { from, to }] of changes.entries()) {
        const before = changes[index - 1];
        if (to !== undefined && Date.parse(to) <= Date.parse(from))
          context.addIssue({ code: "custom", input: to, path: [index, "to"], message: "must be after its `from`" });
        if (before !== undefined && Date.parse(from) < Date.parse(before.to ?? before.from))
          context.addIssue({
            code: "custom",
            input: from,
            path: [index, "from"],
            message: "must not begin before the change above it has ended: list changes in the order of time",
          });
        if (before !== undefined && Date.parse(from) === Date.parse(before.from))
          context.addIssue({
            code: "custom",
            input: from,
            path: [index, "from"],
            message: "must be after that of the change above",
          });
      }
    })
    .optional(),
});
export type TokenPriceSettings = TokenPrice & {
  readonly priceChanges?:
    | readonly (TokenPrice & { readonly from: string; readonly to?: string | undefined })[]
    | undefined;
};
