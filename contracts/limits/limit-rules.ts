import type { LimitMetric, LimitWindow, UseLimit } from "./use-limit.ts";

/** Windows of the calendar, which begin by a time zone. */
const CALENDAR_WINDOWS: ReadonlySet<LimitWindow> = new Set(["day", "week", "month"]);
/** Windows whose use is counted in the usage table. */
export const COUNTED_WINDOWS: ReadonlySet<LimitWindow> = new Set(["day", "week", "month", "lifetime"]);

interface RuledLimit {
  readonly metric: LimitMetric;
  readonly window: LimitWindow;
  readonly action?: UseLimit["action"];
}

/** Why a limit can't be held, as a sentence, and the field that is wrong. */
export function limitFault(
  { metric, window, action }: RuledLimit,
  timeZone: string | undefined,
): { readonly field: "window" | "action" | "timeZone"; readonly message: string } | undefined {
  if ((metric === "concurrency") !== (window === "now"))
    return { field: "window", message: "`concurrency` has the window `now`, and nothing else has it." };
  if (metric === "nano_usd" && !COUNTED_WINDOWS.has(window))
    return { field: "window", message: `Money is limited by ${[...COUNTED_WINDOWS].join(", ")}; send one of these.` };
  if (action === "alert" && !COUNTED_WINDOWS.has(window))
    return {
      field: "action",
      message: `Only limits by ${[...COUNTED_WINDOWS].join(", ")} are reported; leave it out.`,
    };
  if (timeZone !== undefined && !CALENDAR_WINDOWS.has(window))
    return {
      field: "timeZone",
      message: `Only ${[...CALENDAR_WINDOWS].join(", ")} begin by a time zone; leave it out.`,
    };
  return undefined;
}
