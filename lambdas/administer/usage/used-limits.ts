import type { Limits, ShownLimit } from "../../../contracts/control/limits.ts";
import type { KnownTiers } from "../../../contracts/limits/limit-settings.ts";
import type { UseLimit } from "../../../contracts/limits/use-limit.ts";
import { appliedLimit } from "../../../domain/limits/applied-limits.ts";
import { quotaCounter } from "../../../domain/limits/credit-use.ts";
import { besideOwn } from "../../../domain/limits/tiers.ts";
import { windowId } from "../../../domain/limits/window-id.ts";
import { isCalendarWindow } from "../../../domain/limits/windows.ts";
import { gatewaysId } from "../call/limited-subject.ts";
import { eachOf } from "../store/each-of.ts";
import { sourceOf, type UsageTools } from "./requested-usage.ts";

const QUERIES_AT_ONCE = 16;

type UsedTools = Pick<UsageTools, "caller" | "usage" | "nowMs"> & { readonly tiers: KnownTiers };

/** The same limits, and those of their tiers; those of a day and longer with what gateways count in their current window. */
export async function withUsed(tools: UsedTools, own: readonly Limits[]): Promise<readonly Limits[]> {
  const all = own.map((of) => withTierLimits(of, tools.tiers));
  const counted = all.flatMap((of) =>
    [...of.limits, ...(of.tier_limits ?? [])].flatMap((limit) => countedIn(tools, of, limit) ?? []),
  );
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
  return all.map(({ tier_limits: ofTier, ...of }) => ({
    ...of,
    limits: of.limits.map(shown),
    ...(ofTier === undefined ? {} : { tier_limits: ofTier.map(shown) }),
  }));
}

function withTierLimits(of: Limits, tiers: KnownTiers): Limits {
  const ofTier = of.tier !== undefined && Object.hasOwn(tiers, of.tier) ? tiers[of.tier] : undefined;
  if (!ofTier) return of;
  const own = of.limits.map(({ time_zone: timeZone, ...limit }) => ({ ...limit, timeZone }));
  return { ...of, tier_limits: besideOwn(own, ofTier).map(shownLimit) };
}

/** A limit in the control API's spelling. */
export function shownLimit({ metric, window, max, model, timeZone, action }: UseLimit): ShownLimit {
  return {
    metric,
    window,
    max,
    ...(model === undefined ? {} : { model }),
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
    ...(action === undefined ? {} : { action }),
  };
}

/** The counter of a limit and its current window. @returns undefined for a window that is shorter than a day */
function countedIn({ caller, nowMs }: UsedTools, { scope, subject_id: id }: Limits, limit: ShownLimit) {
  const { metric, window, max, model, time_zone: timeZone, action } = limit;
  if (!isCalendarWindow(window)) return undefined;
  const subject = { scope, subject: gatewaysId(scope, id, caller.organizationId) };
  const applied = appliedLimit(subject, { metric, window, max, model, timeZone, action });
  return { limit, counter: quotaCounter(applied), window: windowId(window, applied.timeZone, nowMs) };
}
