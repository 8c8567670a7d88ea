import { hash } from "node:crypto";
import type { StripeBilling } from "../../contracts/billing/stripe.ts";
import type { USAGE_SUMS, UsageSums } from "../../contracts/usage/usage-counter.ts";
import { type BillingPeriod, customerOf } from "./billing-periods.ts";

/** Name of a sum that a meter counts. */
export type MeteredSum = (typeof USAGE_SUMS)[number];

/** What a customer used in an hour, by one meter. */
export interface MeterSum {
  /** Beginning of the hour, in Unix seconds. */
  readonly hour: number;
  /** Id in Stripe. */
  readonly customer: string;
  readonly name: MeteredSum;
  /** The meter's name of events. */
  readonly eventName: string;
  readonly total: number;
}

/** Sums of a project in an hour. */
export interface ProjectHour {
  readonly hour: number;
  readonly projectId: string;
  readonly sums: UsageSums;
}

/**
 * What each customer used in each hour, over all of its projects, in the order of time.
 * @param periodsOf the customers of a project
 */
export function meterSums(
  hours: Iterable<ProjectHour>,
  periodsOf: ReadonlyMap<string, readonly BillingPeriod[]>,
  meters: StripeBilling["meters"],
): readonly MeterSum[] {
  const found = new Map<string, MeterSum>();
  for (const { hour, projectId, sums } of hours) {
    const customer = customerOf(periodsOf.get(projectId) ?? [], hour);
    if (customer === undefined) continue;
    for (const [name, eventName] of Object.entries(meters) as [MeteredSum, string][]) {
      const key = meterEntry({ hour, customer, name });
      const total = (found.get(key)?.total ?? 0) + sums[name];
      found.set(key, { hour, customer, name, eventName, total });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

const HOUR_DIGITS = 10;

/** Sort key of what was reported of a sum. */
export function meterEntry({ hour, customer, name }: Pick<MeterSum, "hour" | "customer" | "name">): string {
  return [String(hour).padStart(HOUR_DIGITS, "0"), customer, name].join(" ");
}

/**
 * Identifier of the event that raises what is reported of a sum from `sent` to `total`: the same for each attempt, so
 * that Stripe takes one of them. Stripe takes 100 characters.
 * @param source names the table of usage
 */
export function meterEventId(
  source: string,
  sum: Pick<MeterSum, "hour" | "customer" | "name">,
  sent: number,
  total: number,
): string {
  return `sluice-${hash("sha256", [source, meterEntry(sum), sent, total].join(" "), "hex")}`;
}
