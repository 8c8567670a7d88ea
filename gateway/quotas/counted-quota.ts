import type { QuotaCounter } from "../limits/quota-store.ts";
import type { QuotaCount, QuotaSum } from "./quota-table.ts";

/** What the table counts for a quota. */
export interface CountedQuota extends QuotaCount {
  /** As the last request has it. */
  readonly counter: QuotaCounter;
  readonly sum: QuotaSum;
  /** Unix milliseconds at which the window ends; `Infinity` for one that never does. */
  readonly endMs: number;
  /** Whether a request is refused by what is used. */
  readonly isRefusal: boolean;
}
