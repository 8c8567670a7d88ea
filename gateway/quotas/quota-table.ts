import type { NamedQuotaAlert } from "../limits/quota-store.ts";

/** One counter's sum in one window, for all gateways. */
export interface QuotaSum {
  /** Name of the limit. */
  readonly name: string;
  /** Id of the window. */
  readonly window: string;
  /** Unix seconds after which it may be deleted. @default - never */
  readonly expiresAt: number | undefined;
  /** Whether what is used is also counted by the day on which it is written, in the same step. @default false */
  readonly hasDays?: boolean;
}

/** What a window counts, after a write. */
export interface QuotaCount {
  /** False when it would have been over the limit, and nothing was added. */
  readonly isAdded: boolean;
  /** What gateways have drawn: what is used, and what they hold for requests. */
  readonly drawn: number;
  /** What requests have used that are settled. */
  readonly used: number;
  /** The highest share that was reported of `reportedMax`, in percent; 0 for none. */
  readonly reported: number;
  readonly reportedMax: number;
}

/** Sums of quotas outside this process. Its calls reject when it can't be reached. */
export interface QuotaTable {
  /**
   * Adds integers to a sum in one step. It is sent once: one that arrives twice would count use twice, or return what was used.
   * @param drawn below 0 to return what is not needed
   * @param used of requests that were settled since the last call
   * @param max what `drawn` may be at most after it. @default - anything
   */
  add(sum: QuotaSum, drawn: number, used: number, max?: number): Promise<QuotaCount>;
  read(sum: QuotaSum): Promise<QuotaCount>;
  /**
   * Stores that this share of a limit is reported, and before that what people are told of it. @returns whether no one has
   * before, or only of another limit
   */
  report(sum: QuotaSum, alert: NamedQuotaAlert): Promise<boolean>;
}
