const DAY_SECONDS = 86_400;

/**
 * When a window of a calendar began, in Unix seconds by UTC; weeks begin on Monday.
 * @returns `undefined` for every window but `day`, `week` and `month`
 */
export function utcWindowStart(window: string, nowMs: number): number | undefined {
  const now = new Date(nowMs);
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()) / 1000;
  if (window === "day") return today;
  if (window === "week") return today - ((now.getUTCDay() + 6) % 7) * DAY_SECONDS;
  return window === "month" ? today - (now.getUTCDate() - 1) * DAY_SECONDS : undefined;
}
