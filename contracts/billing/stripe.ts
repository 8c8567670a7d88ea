import * as z from "zod";
import { USAGE_SUMS } from "../usage/usage-counter.ts";

/** Longest name of a meter's events that Stripe takes: https://docs.stripe.com/api/billing/meter/create */
const MAX_EVENT_NAME = 100;

/** How usage is reported to Stripe as meter events. */
export const StripeBilling = z.strictObject({
  /** Secret of Secrets Manager, by name or ARN, whose text is a key of Stripe that may write meter events. */
  secretId: z.string().regex(/^[\w/+=.@:-]{1,512}$/, "must be the name or the ARN of a secret of Secrets Manager"),
  /**
   * The events' name of your meter in Stripe for each sum that is reported, with the aggregation `sum`: `chargeNanoUsd` in
   * nano-dollars, tokens and requests by number.
   */
  meters: z
    .partialRecord(
      z.enum(USAGE_SUMS),
      z
        .string()
        .regex(/^[\w.-]+$/)
        .max(MAX_EVENT_NAME),
    )
    .refine((meters) => Object.keys(meters).length > 0, {
      error: `must have at least one meter, of ${USAGE_SUMS.join(", ")}`,
    }),
});
export type StripeBilling = Readonly<z.infer<typeof StripeBilling>>;

/**
 * Start of the partition keys of the usage table with what was reported to Stripe: `stripe 2026-11`. An item's sort key is
 * `<hour> <customer> <sum>`: Unix seconds in 10 digits, the customer's id, the name of the sum.
 */
export const STRIPE_SERIES = "stripe ";

/** An event's time may be so many days ago: https://docs.stripe.com/api/billing/meter-event/create */
export const STRIPE_DAYS = 35;
