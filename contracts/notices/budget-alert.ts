import * as z from "zod";

/**
 * Partition of the usage table in which gateways write that a share of a limit is used, before they mark it as reported.
 * The function `send-notices` takes the items from there.
 */
export const BUDGET_ALERTS_SERIES = "budget alerts";

/** Days after which an alert that nobody took is deleted: no run has ended for as long. */
export const BUDGET_ALERT_DAYS = 7;

/** A share of a limit that is used, as gateways write it into the item's attribute `alert`. */
export const BudgetAlert = z.object({
  /** Name of the counter. */
  limit: z.string(),
  scope: z.string(),
  /** Id by which gateways know the subject. */
  subject: z.string(),
  metric: z.string(),
  window: z.string(),
  windowId: z.string(),
  timeZone: z.string(),
  model: z.string().optional(),
  percent: z.number(),
  used: z.number(),
  max: z.number(),
  isStop: z.boolean(),
  /** Unix seconds. @default - it never begins anew */
  resetsAt: z.int().optional(),
  /** Unix seconds. */
  at: z.int(),
});
export type BudgetAlert = z.infer<typeof BudgetAlert>;
