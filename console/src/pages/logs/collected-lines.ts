import type { LogLine, LogLineList } from "../../../../contracts/live/log-lines.ts";

/** Lines that the page has at most. */
export const MAX_LINES = 2000;
/** Milliseconds that a list goes back before the time of the last complete one: clocks of gateways differ. */
const OVERLAP_MS = 3000;

/** What was read of the log since the page was opened. */
export interface CollectedLines {
  /** The newest first. The same array where a list brought no new line. */
  readonly lines: readonly LogLine[];
  /** Since when the next list is read, as `toISOString` writes it; `undefined` before a complete list. */
  readonly since: string | undefined;
  /** Whether lines are missing in between, because more were written than one list has. */
  readonly hasGap: boolean;
  /** Of the last list. */
  readonly isComplete: boolean;
  readonly reach: LogLineList["reach"];
}

/** With the lines of a further list that are new. @param before what was read before it */
export function collect(before: CollectedLines | undefined, list: LogLineList): CollectedLines {
  const known = new Set(before?.lines.map(({ id }) => id));
  const added = list.data.filter(({ id }) => !known.has(id));
  const lines = before?.lines ?? [];
  const since = list.isComplete ? new Date(Date.parse(list.at) - OVERLAP_MS).toISOString() : before?.since;
  return {
    lines: added.length === 0 ? lines : [...added, ...lines].toSorted(newestFirst).slice(0, MAX_LINES),
    since,
    // A list that goes on where the last one ended has older lines in common with it.
    hasGap:
      before?.hasGap === true ||
      (before?.since !== undefined && list.hasMore && !list.data.some(({ id }) => known.has(id))),
    isComplete: list.isComplete,
    reach: list.reach,
  };
}

/** Sorting keeps the order of lines of the same time. */
function newestFirst(a: LogLine, b: LogLine): number {
  if (a.at === b.at) return 0;
  return a.at < b.at ? 1 : -1;
}
