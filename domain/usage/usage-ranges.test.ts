import { describe, expect, it } from "vitest";
import { USAGE_GROUPINGS, type UsageGrouping, type UsageWidth } from "../../contracts/usage/usage-counter.ts";
import { seededNumbers, usageEvent } from "./test/usage-events.ts";
import { readUsageKey, type UsageItemKey } from "./usage-keys.ts";
import { type UsageQuery, type UsageRange, usageRanges, usageRangesOf } from "./usage-ranges.ts";
import { usageAdditions } from "./usage-sums.ts";

const BEGIN = Date.parse("2026-12-30T00:00:00Z") / 1000;
const NAMES = ["a", "a!", "a b", "ab", "~", "", "a/b"];

const below = seededNumbers(11);
const ITEMS = usageAdditions(
  Array.from({ length: 800 }, () =>
    usageEvent({
      endedAt: new Date((BEGIN + below(4 * 86_400)) * 1000).toISOString(),
      projectId: NAMES[below(NAMES.length)],
      userId: NAMES[below(NAMES.length)],
      model: NAMES[below(NAMES.length)] ?? "",
      isBatch: below(2) === 0,
    }),
  ),
);
const BY_SERIES = Object.groupBy(ITEMS, ({ series }) => series);

describe("the ranges of a query", () => {
  it("hold exactly the sums of the grouping whose buckets begin in the span", () => {
    for (let round = 0; round < 60; round++) {
      const query = anyQuery();
      expect(found(usageRanges(query))).toEqual(matching(query, []));
    }
  });

  it("hold exactly the sums with the first values asked for", () => {
    for (let round = 0; round < 60; round++) {
      const query = anyQuery();
      const dimensions = USAGE_GROUPINGS[query.grouping].length;
      const values = NAMES.slice(0, Math.min(dimensions, 1 + below(3)));
      expect(found(usageRangesOf(query, values))).toEqual(matching(query, values));
    }
  });

  it("are a few Queries for a month of days, and one for an hour of minutes", () => {
    const month = { width: "1d", grouping: "model", start: BEGIN - 20 * 86_400, end: BEGIN + 10 * 86_400 } as const;
    expect(usageRanges(month)).toHaveLength(2);
    expect(usageRanges({ width: "1m", grouping: "total", start: BEGIN, end: BEGIN + 3600 })).toHaveLength(1);
  });
});

function anyQuery(): UsageQuery {
  const widths = ["1m", "1h", "1d"] as const satisfies readonly UsageWidth[];
  const groupings = Object.keys(USAGE_GROUPINGS) as readonly UsageGrouping[];
  const start = BEGIN + below(3 * 86_400);
  const width = widths[below(widths.length)] ?? "1d";
  const grouping = groupings[below(groupings.length)] ?? "all";
  return { width, grouping, start, end: start + 1 + below(86_400) };
}

function found(ranges: readonly UsageRange[]): readonly string[] {
  return ranges
    .flatMap(({ series, from, to }) => (BY_SERIES[series] ?? []).filter(({ entry }) => entry >= from && entry <= to))
    .map(nameOf)
    .sort();
}

function matching({ width, grouping, start, end }: UsageQuery, firstValues: readonly string[]): readonly string[] {
  const seconds = { "1m": 60, "1h": 3600, "1d": 86_400 }[width];
  return ITEMS.filter((item) => {
    const key = readUsageKey(item);
    if (key?.width !== width || key.grouping !== grouping) return false;
    return (
      key.start + seconds > start && key.start < end && firstValues.every((value, index) => key.values[index] === value)
    );
  })
    .map(nameOf)
    .sort();
}

function nameOf({ series, entry }: UsageItemKey): string {
  return `${series}|${entry}`;
}
