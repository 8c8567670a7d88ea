import type { SubjectData } from "../../../domain/erasure/erased-subject.ts";
import type { IsLate } from "./erasable-data.ts";

/** Keeps what is stored of subjects. Both may be done any number of times, until a pass changes nothing. */
export interface SubjectHolds {
  /** What has ended already stays so. @returns how much was not held for the subject before; undefined where it was late */
  hold(subject: SubjectData, isLate: IsLate): Promise<number | undefined>;
  /** What another subject's hold is for stays held. @returns how much was held for the subject before; undefined where it was late */
  release(subject: SubjectData, isLate: IsLate): Promise<number | undefined>;
}

/** Adds up what one pass changes in partitions or stores, one after another. @returns undefined from the first that was late */
export async function eachPartition<T>(
  partitions: readonly T[],
  change: (partition: T) => Promise<number | undefined>,
): Promise<number | undefined> {
  let sum = 0;
  for (const partition of partitions) {
    const changed = await change(partition);
    if (changed === undefined) return undefined;
    sum += changed;
  }
  return sum;
}
