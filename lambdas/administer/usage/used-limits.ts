import type { Limits, ShownLimit } from "../../../contracts/control/limits.ts";
import { appliedLimit } from "../../../domain/limits/applied-limits.ts";
import { quotaCounter } from "../../../domain/limits/credit-use.ts";
import { windowId } from "../../../domain/limits/window-id.ts";
import { isCalendarWindow } from "../../../domain/limits/windows.ts";
import { gatewaysId } from "../call/limited-subject.ts";
import { eachOf } from "../store/each-of.ts";
import { sourceOf, type UsageTools } from "./requested-usage.ts";

const QUERIES_AT_ONCE = 16;

type UsedTools = Pick<UsageTools, "caller" | "usage" | "nowMs">;

/** The same limits; those of a day and longer with what gateways count in their current window. */
export async function withUsed(tools: UsedTools, all: readonly Limits[]): Promise<readonly Limits[]> {
  const counted = all.flatMap((of) => of.limits.flatMap((limit) => countedIn(tools, of, limit) ?? []));
  if (counted.length === 0) return all;
  const source = sourceOf(tools);
  const used = new Map<ShownLimit, number>();
  await eachOf(counted, QUERIES_AT_ONCE, async ({ limit, counter, window }) =>
    used.set(limit, await source.quotaUse(counter, window)),
  );
  const shown = (limit: ShownLimit): ShownLimit => {
    const count = used.get(limit);
    return count === undefined ? limit : { ...limit, used: count };
  };
  return all.map((of) => ({ ...of, limits: of.limits.map(shown) }));
}

/** The counter of a limit and its current window. @returns undefined for a window that is shorter than a day */
function countedIn({ caller, nowMs }: UsedTools, { scope, subject_id: id }: Limits, limit: ShownLimit) {
  const { metric, window, max, model, time_zone: timeZone, action } = limit;
  if (!isCalendarWindow(window)) return undefined;
  const subject = { scope, subject: gatewaysId(scope, id, caller.organizationId) };
  const applied = appliedLimit(subject, { metric, window, max, model, timeZone, action });
  return { limit, counter: quotaCounter(applied), window: windowId(window, applied.timeZone, nowMs) };
}
