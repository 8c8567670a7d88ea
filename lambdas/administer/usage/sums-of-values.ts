import { USAGE_GROUPINGS, type UsageWidth } from "../../../contracts/usage/usage-counter.ts";
import type { UsageValues } from "../../../domain/usage/usage-keys.ts";
import { usageRanges, usageRangesOf } from "../../../domain/usage/usage-ranges.ts";
import { addSums, isZero, subtractSums, sumsWith } from "../../../domain/usage/usage-sums.ts";
import type { StoredSums, UsageSource } from "../store/usage-source.ts";
import { readRanges } from "./read-ranges.ts";

/** Keys or users whose requests are wanted: in the grouping `all`, which begins with projects, their sums are not beside each other. */
export interface ScatteredValues {
  readonly grouping: "key" | "user";
  readonly values: readonly string[];
  /** The kinds of requests that are wanted. @default - all */
  readonly kinds: readonly string[] | undefined;
}

export interface ScatteredSpan {
  readonly width: UsageWidth;
  /** Starts of the buckets, one after the other. */
  readonly starts: readonly number[];
  /** Most sums that are read. */
  readonly most: number;
  readonly hasLatency: boolean;
}

/** Projects, or keys of projects, in which the values are searched: each is a query for each bucket. */
const MOST_PREFIXES = 8;
/** Sums of a span, in each partition, that are read as a whole without a search. */
const FEW = 250;

/** Where the grouping `all` has the value of another one. */
const POSITIONS: Readonly<Record<ScatteredValues["grouping"], number>> = {
  user: USAGE_GROUPINGS.all.indexOf("userId"),
  key: USAGE_GROUPINGS.all.indexOf("keyId"),
};

/**
 * All sums of the grouping `all` that have one of the values, perhaps among others. One bucket is read as a whole, which shows in which projects
 * the values are; of the other buckets these projects alone are read. Whether that is all, the sums of the grouping `key` or `user` tell:
 * the newest of the buckets that do not add up to them is read as a whole again, so that it shows the projects that were missing.
 * @returns undefined where there are more sums than `most`
 */
export async function sumsOfValues(
  source: UsageSource,
  { width, starts, most, hasLatency }: ScatteredSpan,
  wanted: ScatteredValues,
): Promise<readonly StoredSums[] | undefined> {
  const span = { width, grouping: "all", start: starts[0] ?? 0, end: (starts.at(-1) ?? 0) + 1 } as const;
  const few = await readRanges(source, usageRanges(span), Math.min(FEW, most), hasLatency);
  if (few !== undefined) return few;
  const totals = await readRanges(
    source,
    wanted.values.flatMap((value) => usageRangesOf({ ...span, grouping: wanted.grouping }, [value])),
    most,
    hasLatency,
  );
  if (totals === undefined) return undefined;
  const totalsByStart = Map.groupBy(
    totals.filter((total) => isOfKind(total, wanted)),
    ({ start }) => start,
  );
  const rangesOf = (start: number, first: UsageValues) => usageRangesOf({ ...span, start, end: start + 1 }, first);
  const found: StoredSums[] = [];
  /** What was read of the buckets that did not add up yet: a prefix that is found later adds to it. */
  const partsByStart = new Map<number, readonly StoredSums[]>();
  let prefixes: readonly UsageValues[] = [];
  let pending: readonly number[] = starts.filter((start) => totalsByStart.has(start));
  let canSearch = true;
  while (pending.length > 0) {
    const whole = canSearch ? pending.slice(-1) : pending;
    const read = await readRanges(
      source,
      whole.flatMap((start) => rangesOf(start, [])),
      most - found.length,
      hasLatency,
    );
    if (read === undefined) return undefined;
    const own = read.filter((sums) => isOf(sums, wanted));
    found.push(...own);
    pending = pending.slice(0, pending.length - whole.length);
    const known = prefixes;
    prefixes = distinct([...known, ...own.map((sums) => prefixOf(sums, wanted))]);
    // Where a bucket shows nothing new the sums do not add up for another reason, and its neighbours would show nothing either.
    canSearch = prefixes.length > known.length && prefixes.length <= MOST_PREFIXES;
    if (!canSearch && found.length + pending.length * read.length > most) return undefined;
    if (!canSearch) continue;
    const added = prefixes.slice(known.length);
    const parts = await readRanges(
      source,
      pending.flatMap((start) => added.flatMap((prefix) => rangesOf(start, prefix))),
      most - found.length,
      hasLatency,
    );
    if (parts === undefined) return undefined;
    for (const [start, some] of Map.groupBy(parts, (sums) => sums.start))
      partsByStart.set(start, [...(partsByStart.get(start) ?? []), ...some]);
    const isWhole = (start: number) => addsUp(totalsByStart.get(start) ?? [], partsByStart.get(start) ?? [], wanted);
    for (const start of pending) if (isWhole(start)) found.push(...(partsByStart.get(start) ?? []));
    pending = pending.filter((start) => !isWhole(start));
  }
  return found;
}

/** Whether sums of the grouping `all` are, for each value and kind, what the totals say. */
function addsUp(totals: readonly StoredSums[], found: readonly StoredSums[], wanted: ScatteredValues): boolean {
  const differences = new Map<string, StoredSums["sums"]>();
  const add = (name: string, sums: StoredSums["sums"]) =>
    differences.set(name, addSums(differences.get(name) ?? sumsWith({}), sums));
  for (const { values, sums } of totals) add(JSON.stringify(values), sums);
  for (const each of found)
    if (isOf(each, wanted))
      add(JSON.stringify([valueIn(each, wanted), each.values.at(-1)]), subtractSums(sumsWith({}), each.sums));
  return [...differences.values()].every(isZero);
}

function valueIn({ values }: StoredSums, { grouping }: ScatteredValues): string {
  return values[POSITIONS[grouping]] ?? "";
}

/** The first values of a sum up to the wanted one: those with which its neighbours begin that have it too. */
function prefixOf({ values }: StoredSums, { grouping }: ScatteredValues): UsageValues {
  return values.slice(0, POSITIONS[grouping] + 1);
}

function isOf(sums: StoredSums, wanted: ScatteredValues): boolean {
  return wanted.values.includes(valueIn(sums, wanted)) && isOfKind(sums, wanted);
}

/** The kind is the last dimension of every grouping. */
function isOfKind({ values }: StoredSums, { kinds }: ScatteredValues): boolean {
  return kinds?.includes(values.at(-1) ?? "") ?? true;
}

function distinct(prefixes: readonly UsageValues[]): readonly UsageValues[] {
  return [...new Map(prefixes.map((prefix) => [JSON.stringify(prefix), prefix])).values()];
}
