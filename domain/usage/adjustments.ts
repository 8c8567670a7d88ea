import {
  ADJUSTABLE,
  type Adjustable,
  type AdjustableSums,
  type StoredAdjustment,
} from "../../contracts/usage/corrections.ts";
import {
  USAGE_STORED_SECONDS,
  USAGE_WIDTHS,
  type UsageSums,
  type UsageWidth,
} from "../../contracts/usage/usage-counter.ts";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { bucketStart } from "./usage-keys.ts";
import { sumsWith, type UsageAddition, UsageAdditions } from "./usage-sums.ts";

/** What an adjustment takes back and what is left, or why it can't be. */
export type Adjusted =
  | { readonly reducedBy: AdjustableSums; readonly left: AdjustableSums }
  | { readonly problem: string; readonly field: keyof typeof ADJUSTABLE | undefined };

const NAMES = Object.keys(ADJUSTABLE) as readonly (keyof typeof ADJUSTABLE)[];
/** A part is never more than its whole, in what is left either. */
const PARTS: readonly (readonly [part: readonly Adjustable[], whole: Adjustable])[] = [
  [["inputCachedTokens", "inputCacheWriteTokens"], "inputTokens"],
  [["reasoningTokens"], "outputTokens"],
  [["inputChargeNanoUsd"], "chargeNanoUsd"],
];

/**
 * What is left of an event after its adjustments and one more: each number is at least 0, so that all of them together
 * never take back more than the event has.
 * @param wanted what is to be taken back. @default - all that is left
 */
export function adjusted(
  event: UsageEvent,
  before: readonly Pick<StoredAdjustment, "reducedBy">[],
  wanted: { readonly [Name in keyof typeof ADJUSTABLE]?: number | undefined } | undefined,
): Adjusted {
  const remaining = adjustableFrom((name) => event[name] - before.reduce((sum, one) => sum + one.reducedBy[name], 0));
  if (Object.values(remaining).every((number) => number === 0))
    return { problem: "Nothing is left of the request that could be taken back.", field: undefined };
  const byName = wanted === undefined ? undefined : adjustableFrom((_, name) => wanted[name] ?? 0);
  const reducedBy = byName ?? remaining;
  const left = adjustableFrom((name) => remaining[name] - reducedBy[name]);
  const tooMuch = NAMES.find((name) => left[ADJUSTABLE[name]] < 0);
  if (tooMuch !== undefined)
    return {
      problem: `reduce_by.${tooMuch} is ${reducedBy[ADJUSTABLE[tooMuch]]}, and ${remaining[ADJUSTABLE[tooMuch]]} is left of the request; take back at most that.`,
      field: tooMuch,
    };
  for (const [parts, whole] of PARTS) {
    const sum = parts.reduce((all, part) => all + left[part], 0);
    if (sum <= left[whole]) continue;
    const [name, ...others] = [whole, ...parts].map(nameOf);
    return {
      problem: `${left[whole]} would be left of ${name}, and ${sum} of ${others.join(" and ")}, which are a part of it; take back more of these.`,
      field: name,
    };
  }
  return { reducedBy, left };
}

/** What is added to the sums for an adjustment. Sums that are deleted by now are left out. @param now Unix seconds */
export function adjustmentAdditions(adjustment: StoredAdjustment, now: number): readonly UsageAddition[] {
  const additions = new UsageAdditions();
  addAdjustment(additions, adjustment, storedWidths(Date.parse(adjustment.event.endedAt) / 1000, now));
  return additions.inOrder();
}

/** Adds an adjustment to what counts in the sums of these widths. */
export function addAdjustment(
  additions: UsageAdditions,
  { event, reducedBy }: StoredAdjustment,
  widths: readonly UsageWidth[],
): void {
  additions.add(event, takenBack(reducedBy), widths);
}

/** The widths of which the sums of a time are still stored. Those that are deleted within the hour are not among them. */
export function storedWidths(seconds: number, now: number): readonly UsageWidth[] {
  return (Object.keys(USAGE_WIDTHS) as readonly UsageWidth[]).filter((width) => {
    const stored = USAGE_STORED_SECONDS[width];
    return stored === undefined || bucketStart("1h", seconds) + stored > now + USAGE_WIDTHS["1h"];
  });
}

function takenBack(reducedBy: AdjustableSums): UsageSums {
  return sumsWith(adjustableFrom((name) => 0 - reducedBy[name]));
}

/** By the names of this API. */
export function shownAdjustable(sums: AdjustableSums): Record<keyof typeof ADJUSTABLE, number> {
  return Object.fromEntries(NAMES.map((name) => [name, sums[ADJUSTABLE[name]]])) as Record<
    keyof typeof ADJUSTABLE,
    number
  >;
}

function adjustableFrom(numberOf: (name: Adjustable, shown: keyof typeof ADJUSTABLE) => number): AdjustableSums {
  return Object.fromEntries(
    NAMES.map((name) => [ADJUSTABLE[name], numberOf(ADJUSTABLE[name], name)]),
  ) as unknown as AdjustableSums;
}

function nameOf(name: Adjustable): keyof typeof ADJUSTABLE {
  return NAMES.find((one) => ADJUSTABLE[one] === name) ?? "input_tokens";
}
