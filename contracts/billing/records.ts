import * as z from "zod";

/** Most changes of a project's customer within the days that can be reported. */
export const MAX_BILLING_PERIODS = 50;

/** Which customer in Stripe a project's usage of an hour is reported for. */
export const BillingCustomerRecord = z.strictObject({
  kind: z.literal("billingCustomer"),
  version: z.int().positive(),
  /** Of the project. */
  id: z.string(),
  /** By `from`, the beginning of an hour in Unix seconds. An hour before the first one is nobody's. */
  periods: z
    .array(z.strictObject({ customerId: z.string().nullable(), from: z.int().nonnegative() }))
    .min(1)
    .max(MAX_BILLING_PERIODS),
  updatedAt: z.int().nonnegative(),
});
