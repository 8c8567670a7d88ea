import type { Limit } from "../../../../contracts/control/limits.ts";
import { nanoOfText } from "../../lib/money.ts";

/** What may be limited in which time. The service has the same rules, and refuses the rest with the field. */
export const WINDOWS = {
  requests: ["minute", "hour", "day", "week", "month", "lifetime"],
  tokens: ["minute", "hour", "day", "week", "month", "lifetime"],
  input_tokens: ["minute", "hour", "day", "week", "month", "lifetime"],
  output_tokens: ["minute", "hour", "day", "week", "month", "lifetime"],
  concurrency: ["now"],
  nano_usd: ["day", "week", "month", "lifetime"],
} as const satisfies Readonly<Record<Limit["metric"], readonly Limit["window"][]>>;

const CALENDAR: readonly Limit["window"][] = ["day", "week", "month"];

export const hasTimeZone = (window: Limit["window"]) => CALENDAR.includes(window);
export const canReport = (window: Limit["window"]) => hasTimeZone(window) || window === "lifetime";

/** What the form has, as it was typed. */
export interface LimitFields {
  readonly metric: Limit["metric"];
  readonly window: Limit["window"];
  readonly max: string;
  readonly model: string;
  readonly zone: string;
  readonly reportsOnly: boolean;
}

export const EMPTY_LIMIT: LimitFields = {
  metric: "nano_usd",
  window: "month",
  max: "",
  model: "",
  zone: "",
  reportsOnly: false,
};

/** @param language in which `max` was typed @returns `undefined` when `max` is no number that a limit may have */
export function limitOf(
  { metric, window, max, model, zone, reportsOnly }: LimitFields,
  language: string,
): Limit | undefined {
  const amount =
    metric === "nano_usd" ? nanoOfText(max, language) : /^\d{1,16}$/.test(max.trim()) ? BigInt(max.trim()) : undefined;
  if (amount === undefined || amount > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return {
    metric,
    window,
    max: Number(amount),
    ...(model.trim() === "" ? {} : { model: model.trim() }),
    ...(zone.trim() === "" || !hasTimeZone(window) ? {} : { time_zone: zone.trim() }),
    ...(reportsOnly && canReport(window) ? { action: "alert" as const } : {}),
  };
}

/** Two limits of one subject may not have the same. */
export function counterOf({ metric, window, model = "", time_zone = "UTC", action = "stop" }: Limit): string {
  return JSON.stringify([metric, window, model, time_zone, action]);
}
