import type { UsageRange } from "../../../domain/usage/usage-ranges.ts";
import type { StoredSums, UsageSource } from "../store/usage-source.ts";

const QUERIES_AT_ONCE = 16;

/** @returns undefined where there are more sums than `most` */
export async function readRanges(
  source: UsageSource,
  ranges: readonly UsageRange[],
  most: number,
  hasLatency: boolean,
): Promise<readonly StoredSums[] | undefined> {
  const found: StoredSums[] = [];
  for (let index = 0; index < ranges.length; index += QUERIES_AT_ONCE) {
    const some = ranges.slice(index, index + QUERIES_AT_ONCE);
    const read = await Promise.all(some.map((range) => source.read(range, most - found.length, hasLatency)));
    for (const sums of read) {
      if (sums === undefined) return undefined;
      found.push(...sums);
    }
    if (found.length > most) return undefined;
  }
  return found;
}
