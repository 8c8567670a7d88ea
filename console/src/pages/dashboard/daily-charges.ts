import type { DayRange } from "./dashboard-search.ts";
import type { UsageReport } from "./usage-report.ts";

/** Groups with a colour of their own; the others are one. */
const OWN_SERIES = 5;
const DAY_MS = 86_400_000;
const OTHERS = "others";

/** A group of the report, or all groups that have no series of their own. */
export interface Series {
  readonly key: string;
  readonly name: string;
}

/** Charges of each series on a day, in nano-dollars; a series without charges has none. */
export interface DailyCharges {
  /** As `2026-11-29`. */
  readonly day: string;
  readonly nano: Readonly<Record<string, bigint>>;
}

interface SeriesNames {
  readonly nameOf: (id: string) => string;
  readonly others: string;
}

/** No id can be taken for the others. */
const keyOf = (id: string) => `group ${id}`;

/** The most expensive groups, and one for the others where there are more. */
export function seriesOf({ groups }: UsageReport, { nameOf, others }: SeriesNames): readonly Series[] {
  return [
    ...groups.slice(0, OWN_SERIES).map(({ id }) => ({ key: keyOf(id), name: nameOf(id) })),
    ...(groups.length > OWN_SERIES ? [{ key: OTHERS, name: others }] : []),
  ];
}

/** Each day of the range. */
export function dailyCharges({ days, groups }: UsageReport, { from, to }: DayRange): readonly DailyCharges[] {
  const own = new Set(groups.slice(0, OWN_SERIES).map(({ id }) => id));
  const charges = new Map<string, { readonly day: string; readonly nano: Record<string, bigint> }>();
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS) {
    const day = new Date(ms).toISOString().slice(0, 10);
    charges.set(day, { day, nano: {} });
  }
  for (const { day, id, nano } of days) {
    const found = charges.get(day)?.nano;
    const key = own.has(id) ? keyOf(id) : OTHERS;
    if (found !== undefined) found[key] = (found[key] ?? 0n) + nano;
  }
  return [...charges.values()];
}
