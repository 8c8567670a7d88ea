import * as z from "zod";

const HOUR = 3600;
const Seconds = z.int().nonnegative();

/** Id of a customer in Stripe. */
const CustomerId = z.string().regex(/^cus_[A-Za-z0-9]{1,100}$/, "must be the id of a customer in Stripe, cus_…");

/** Who pays for what a project is charged from an hour on; `customer_id` is null where nobody does. */
const BillingPeriod = z.strictObject({ customer_id: z.string().nullable(), from: Seconds });

/** The customers in Stripe that a project's usage is reported for. */
export const BillingCustomer = z.strictObject({
  object: z.literal("organization.billing_customer"),
  /** The project's. */
  id: z.string(),
  /** The one of this hour. */
  customer_id: z.string().nullable(),
  /** By time, the newest last: those that count for usage which can still be reported, and those to come. */
  periods: z.array(BillingPeriod),
  updated_at: Seconds,
});
export type BillingCustomer = z.infer<typeof BillingCustomer>;

/**
 * `from` is the beginning of an hour. @default - of the next one; for a project without a customer, of this one
 */
export const UpdateBillingCustomer = z.strictObject({
  customer_id: CustomerId,
  from: Seconds.refine(
    (seconds) => seconds % HOUR === 0,
    "must be the beginning of an hour, in Unix seconds",
  ).exactOptional(),
});
