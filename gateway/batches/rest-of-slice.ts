import type { RestOfSlice, SliceItem } from "./batch-items.ts";

/** A line of a slice, as far as the slice was read. */
export interface SliceLine {
  readonly number: number;
  /** First byte, and the one after its line break. */
  readonly start: number;
  readonly end: number;
  /** Whether it has its result. */
  isDone: boolean;
}

/** Above the number of any line: indexes of a rest, and of the rest of a rest, are in blocks of this size. */
const BLOCK = 1_000_000;

/**
 * The lines of a slice that have no result, as slices of consecutive lines. No two rests of one batch have the same
 * index: those of one slice begin with different lines, and those of a rest are in the next block.
 * @param lines those that were read, in their order; the slice may have more
 */
export function restOf(slice: SliceItem, lines: readonly SliceLine[]): readonly RestOfSlice[] {
  const block = (Math.floor(slice.index / BLOCK) + 1) * BLOCK;
  const rests: RestOfSlice[] = [];
  let isConsecutive = false;
  for (const { number, start, end, isDone } of lines) {
    const last = rests.at(-1);
    if (isDone) isConsecutive = false;
    else if (isConsecutive && last !== undefined) rests[rests.length - 1] = { ...last, end, lines: last.lines + 1 };
    else {
      rests.push({ index: block + number, start, end, firstLine: number, lines: 1 });
      isConsecutive = true;
    }
  }
  const unread = slice.lines - lines.length;
  const last = rests.at(-1);
  // The slice is read up to a line that was not sent: what is behind it belongs to the same rest.
  if (unread > 0 && last !== undefined)
    rests[rests.length - 1] = { ...last, end: slice.end, lines: last.lines + unread };
  return rests;
}
