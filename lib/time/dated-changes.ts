/** A value for a span of time. */
export interface DatedChange {
  /** ISO 8601: it holds then and later. */
  readonly from: string;
  /** It holds no more then and later. @default - until the next change, or for good */
  readonly to?: string | undefined;
}

/** Whether two texts in ISO 8601, such as one with milliseconds and one without, are the same time. */
export function isSameTime(one: string, other: string): boolean {
  return Date.parse(one) === Date.parse(other);
}

/**
 * Changes in the order of time, with another one; one that begins at the same time is replaced.
 * @param most number of changes; the oldest of those that are over are left out where there would be more
 * @param now Unix milliseconds
 */
export function withDatedChange<Change extends DatedChange>(
  before: readonly Change[],
  change: Change,
  most: number,
  now: number,
): readonly Change[] {
  const others = before.filter(({ from }) => !isSameTime(from, change.from));
  const changes = [...others, change].sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
  const isOver = (index: number) => Date.parse(changes[index]?.to ?? changes[index + 1]?.from ?? "9999-01-01") <= now;
  let over = 0;
  while (changes.length - over > most && isOver(over)) over++;
  return changes.slice(over);
}

/** The change that holds at a time. @param now Unix milliseconds */
export function changeAt<Change extends DatedChange>(changes: readonly Change[], now: number): Change | undefined {
  const begun = changes.findLast(({ from }) => Date.parse(from) <= now);
  return begun?.to !== undefined && Date.parse(begun.to) <= now ? undefined : begun;
}
