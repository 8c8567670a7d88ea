/** Name of the counter of a grant of credit. */
export function creditCounter(creditId: string): string {
  return `credit:${creditId}`;
}

/** Hash key of a quota's item in the usage table. @param name of its counter */
export function quotaSeries(name: string): string {
  return `quota ${name}`;
}

/** Name of the counter of a limit's use. What only reports is counted apart: a limit of the same use may stop at less. */
export function quotaCounter({
  name,
  isAlert = false,
}: {
  readonly name: string;
  readonly isAlert?: boolean | undefined;
}): string {
  return isAlert ? `${name} alert` : name;
}

const DAY_PREFIX = "used ";

/** The attribute of what was used on a day (UTC). @param epochMs Unix milliseconds */
export function usedOnDay(epochMs: number): string {
  return `${DAY_PREFIX}${new Date(epochMs).toISOString().slice(0, 10)}`;
}

/** What is used of a grant, in nano-dollars. */
export interface CreditUse {
  readonly used: number;
  /** By day (UTC), `2026-11-29`; they sum to `used`. */
  readonly days: ReadonlyMap<string, number>;
}

/** Reads the item of a grant's counter. */
export function readCreditUse(item: Readonly<Record<string, unknown>>): CreditUse {
  const days = Object.entries(item)
    .filter(([name]) => name.startsWith(DAY_PREFIX))
    .map(([name, used]) => [name.slice(DAY_PREFIX.length), amountOf(used)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { used: amountOf(item.used), days: new Map(days) };
}

function amountOf(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : 0;
}
