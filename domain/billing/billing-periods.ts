import { STRIPE_DAYS } from "../../contracts/billing/stripe.ts";
import { USAGE_WIDTHS } from "../../contracts/usage/usage-counter.ts";
import { bucketStart } from "../usage/usage-keys.ts";

/** From when on a customer pays. */
export interface BillingPeriod {
  /** `null`: nobody. */
  readonly customerId: string | null;
  /** Beginning of an hour, in Unix seconds. */
  readonly from: number;
}

/** Why a period can't be added. */
export interface RefusedPeriod {
  readonly earliest: number;
}

const HOUR = USAGE_WIDTHS["1h"];
const REPORTED_SECONDS = STRIPE_DAYS * 86_400;

/** The customer of an hour. @param hour its beginning @returns undefined where nobody is */
export function customerOf(periods: readonly BillingPeriod[], hour: number): string | undefined {
  return periods.findLast(({ from }) => from <= hour)?.customerId ?? undefined;
}

/**
 * Adds a period in place of all that begin later. The customer of an hour that has begun never changes, as it may be
 * reported already; a project that had none gets its first one also for hours that can still be reported.
 * @param from Unix seconds. @default - the next hour; where there was no customer, this one
 */
export function withPeriod(
  before: readonly BillingPeriod[],
  { customerId, from }: { readonly customerId: string | null; readonly from?: number | undefined },
  now: number,
): readonly BillingPeriod[] | RefusedPeriod {
  const hour = bucketStart("1h", now);
  const isFirst = before.length === 0;
  const earliest = isFirst ? bucketStart("1h", now - REPORTED_SECONDS) + HOUR : hour + HOUR;
  const start = from ?? (isFirst ? hour : earliest);
  if (start < earliest) return { earliest };
  const retained = before.filter((period) => period.from < start);
  const oldest = retained.findLastIndex((period) => period.from <= now - REPORTED_SECONDS);
  return [...retained.slice(Math.max(0, oldest)), { customerId, from: start }];
}
