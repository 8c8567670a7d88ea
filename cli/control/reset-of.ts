import type { Limit } from "../../contracts/control/limits.ts";
import { isCalendarWindow, windowEnd } from "../../domain/limits/windows.ts";

/** When a budget or another limit begins anew, by the clock of its time zone; undefined for a window that does not. */
export function resetOf({ window, time_zone: zone = "UTC" }: Limit, nowMs: number): string | undefined {
  return isCalendarWindow(window) ? windowEnd(window, zone, nowMs) : undefined;
}
