import type { UsageEvent } from "../../../../contracts/usage/usage-event.ts";
import { readUsageKey } from "../../../../domain/usage/usage-keys.ts";
import { FIRST_USAGE } from "../../../../domain/usage/usage-ranges.ts";
import { sumsOf, type UsageAddition, UsageAdditions } from "../../../../domain/usage/usage-sums.ts";
import type { StoredSums, UsageSource } from "../../store/usage-source.ts";

/** These sums as the usage table has them, in memory; `reads` counts the queries and the sums that were read. */
export function storedUsage(items: readonly UsageAddition[]) {
  const reads = { queries: 0, sums: 0 };
  const series = Map.groupBy(items, (item) => item.series);
  const source: UsageSource = {
    firstDay: () => Promise.resolve(FIRST_USAGE),
    quotaUse: () => Promise.resolve(0),
    creditUse: () => Promise.resolve({ used: 0, days: new Map() }),
    read: ({ series: name, from, to }, most) => {
      const found = (series.get(name) ?? []).filter(({ entry }) => entry >= from && entry <= to);
      reads.queries++;
      reads.sums += Math.min(found.length, most + 1);
      const stored = found.flatMap(({ sums, ...key }): StoredSums[] => {
        const parts = readUsageKey(key);
        return parts === undefined ? [] : [{ ...parts, sums }];
      });
      return Promise.resolve(found.length > most ? undefined : stored);
    },
  };
  return { source, reads };
}

/** The sums of days that count these events. */
export function dailySums(events: readonly UsageEvent[]): readonly UsageAddition[] {
  const additions = new UsageAdditions();
  for (const event of events) additions.add(event, sumsOf(event), ["1d"]);
  return additions.inOrder();
}
