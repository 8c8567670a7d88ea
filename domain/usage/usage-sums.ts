import {
  type LatencyCount,
  USAGE_GROUPINGS,
  USAGE_STORED_SECONDS,
  USAGE_SUMS,
  USAGE_WIDTHS,
  type UsageGrouping,
  type UsageKind,
  type UsageSums,
  type UsageWidth,
} from "../../contracts/usage/usage-counter.ts";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { isLatencyCount, latencyCount } from "./latency-histogram.ts";
import { bucketStart, type UsageItemKey, usageItemKey } from "./usage-keys.ts";

/** What is added to one item of the usage table. */
export interface UsageAddition extends UsageItemKey {
  readonly sums: UsageSums;
  /** Unix seconds. @default - the item stays */
  readonly expiresAt: number | undefined;
}

type Dimension = (typeof USAGE_GROUPINGS)[UsageGrouping][number];

const WIDTHS = Object.keys(USAGE_WIDTHS) as readonly UsageWidth[];
const GROUPINGS = Object.keys(USAGE_GROUPINGS) as readonly UsageGrouping[];

/** What of an event says in which sums it counts. */
export type CountedEvent = Pick<
  UsageEvent,
  "endedAt" | "route" | "model" | "isBatch" | "projectId" | "userId" | "keyId"
>;

/** What an event has for each dimension of the sums. */
const VALUES: Readonly<Record<Dimension, (event: CountedEvent) => string>> = {
  projectId: ({ projectId }) => projectId ?? "",
  userId: ({ userId }) => userId ?? "",
  keyId: ({ keyId }) => keyId ?? "",
  model: ({ model }) => model,
  isBatch: ({ isBatch }) => String(isBatch),
  kind: usageKind,
};

const KINDS: Readonly<Record<string, UsageKind>> = {
  "/v1/embeddings": "embeddings",
  "/v1/moderations": "moderations",
};

/** Which of OpenAI's usage APIs counts a request. */
export function usageKind({ route }: Pick<UsageEvent, "route">): UsageKind {
  return KINDS[route] ?? "completions";
}

/**
 * The additions to all sums that count these events, one for each item, in the order of their keys: equal events give
 * equal additions in equal order, whatever order they have.
 */
export function usageAdditions(events: readonly UsageEvent[]): readonly UsageAddition[] {
  const additions = new UsageAdditions();
  for (const event of events) additions.add(event, sumsOf(event));
  return additions.inOrder();
}

/** Events of one minute that count in the same items, and what they add together. */
interface EqualEvents {
  readonly event: CountedEvent;
  readonly widths: readonly UsageWidth[];
  readonly sums: Record<keyof UsageSums, number>;
}

/**
 * Adds up what counts in the sums, one addition for each item. The keys of 6 groupings take most of the time, so that they
 * are made once for all events of a minute that are equal in every dimension.
 */
export class UsageAdditions {
  readonly #equal = new Map<string, EqualEvents>();

  /** @param widths of the sums in which it counts. @default - all */
  add(event: CountedEvent, sums: UsageSums, widths: readonly UsageWidth[] = WIDTHS): void {
    const { projectId, userId, keyId, model, isBatch } = event;
    const minute = bucketStart("1m", secondsOf(event));
    const name = JSON.stringify([minute, projectId, userId, keyId, model, isBatch, usageKind(event), ...widths]);
    const before = this.#equal.get(name);
    if (before === undefined) this.#equal.set(name, { event, widths, sums: { ...sums } });
    else for (const each of namesOf(sums)) before.sums[each] = (before.sums[each] ?? 0) + (sums[each] ?? 0);
  }

  /** In the order of the items' keys. */
  inOrder(): readonly UsageAddition[] {
    const additions = new Map<string, UsageAddition>();
    for (const equal of this.#equal.values()) addToItems(additions, equal);
    return [...additions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, addition]) => addition);
  }
}

function addToItems(additions: Map<string, UsageAddition>, { event, widths, sums }: EqualEvents): void {
  for (const width of widths) {
    const start = bucketStart(width, secondsOf(event));
    const storedSeconds = USAGE_STORED_SECONDS[width];
    const expiresAt = storedSeconds === undefined ? undefined : start + storedSeconds;
    for (const grouping of GROUPINGS) {
      const values = USAGE_GROUPINGS[grouping].map((dimension) => VALUES[dimension](event));
      const key = usageItemKey(width, grouping, start, values);
      const name = `${key.series} ${key.entry}`;
      const before = additions.get(name);
      additions.set(name, { ...key, expiresAt, sums: before === undefined ? { ...sums } : addSums(before.sums, sums) });
    }
  }
}

function secondsOf({ endedAt }: CountedEvent): number {
  return Date.parse(endedAt) / 1000;
}

/** What one event adds. */
export function sumsOf(event: UsageEvent): UsageSums {
  const isFailed = event.status >= 400;
  const firstTokenMs = isFailed ? undefined : event.firstTokenMs;
  return {
    requests: 1,
    failedRequests: isFailed ? 1 : 0,
    inputTokens: event.inputTokens,
    inputCachedTokens: event.inputCachedTokens,
    inputCacheWriteTokens: event.inputCacheWriteTokens,
    outputTokens: event.outputTokens,
    reasoningTokens: event.reasoningTokens,
    costNanoUsd: event.costNanoUsd,
    chargeNanoUsd: event.chargeNanoUsd,
    inputChargeNanoUsd: event.inputChargeNanoUsd,
    timedRequests: isFailed ? 0 : 1,
    durationMs: isFailed ? 0 : Math.round(event.durationMs),
    streamedRequests: firstTokenMs === undefined ? 0 : 1,
    firstTokenMs: Math.round(firstTokenMs ?? 0),
    ...(isFailed ? {} : { [latencyCount("duration", event.durationMs)]: 1 }),
    ...(firstTokenMs === undefined ? {} : { [latencyCount("firstToken", firstTokenMs)]: 1 }),
  };
}

export function addSums(a: UsageSums, b: UsageSums): UsageSums {
  return sumsFrom([a, b], (name) => (a[name] ?? 0) + (b[name] ?? 0));
}

/** What is left of `a` without `b`. */
export function subtractSums(a: UsageSums, b: UsageSums): UsageSums {
  return sumsFrom([a, b], (name) => (a[name] ?? 0) - (b[name] ?? 0));
}

/** These sums, and 0 for all others. */
export function sumsWith(sums: Readonly<Partial<UsageSums>>): UsageSums {
  return sumsFrom([sums], (name) => sums[name] ?? 0);
}

export function isZero(sums: UsageSums): boolean {
  return Object.values(sums).every((sum) => sum === 0);
}

/** The names of the sums that are not 0. */
export function changedSums(sums: UsageSums): readonly (keyof UsageSums)[] {
  return namesOf(sums).filter((name) => sums[name] !== 0);
}

/** The sums of an item; an attribute that is absent, or that this release can't read, counts 0. */
export function readSums(item: Readonly<Record<string, unknown>>): UsageSums {
  return sumsFrom([item], (name) => {
    const value = item[name];
    return typeof value === "number" && Number.isFinite(value) ? value : 0;
  });
}

function namesOf(sums: Readonly<Partial<UsageSums>>): readonly (keyof UsageSums)[] {
  return Object.keys(sums) as (keyof UsageSums)[];
}

/** Each sum, and the counts of latencies that one of `of` has and that are not 0. */
function sumsFrom(
  of: readonly Readonly<Record<string, unknown>>[],
  sumOf: (name: keyof UsageSums) => number,
): UsageSums {
  const sums: Partial<Record<keyof UsageSums, number>> = Object.fromEntries(
    USAGE_SUMS.map((name) => [name, sumOf(name)]),
  );
  for (const each of of)
    for (const name of Object.keys(each)) {
      const sum = isLatencyCount(name) ? sumOf(name) : 0;
      if (sum !== 0) sums[name as LatencyCount] = sum;
    }
  return sums as UsageSums;
}
