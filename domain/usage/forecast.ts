/** Days before today from which the days to come are forecast: eight weeks, so that each weekday was seen eight times. */
export const HISTORY_DAYS = 56;

const DAY = 86_400;
const WEEK = 7;
/** Days since the first charge from which weekdays and a trend are known; with fewer, the mean is the forecast. */
const LEAST_DAYS = 2 * WEEK;
/** Weight of a week against the one after it: a change of the trend counts half within three weeks. */
const WEEK_WEIGHT = 0.8;
/** Weeks of which the shares of weekdays are taken. */
const PROFILE_WEEKS = 4;
/** The most that charges are taken to grow or to fall in a week, as a natural logarithm: twofold. */
const MOST_TREND = Math.LN2;

export interface ForecastInput {
  /** Start of today (UTC), and the time now, in Unix seconds. */
  readonly today: number;
  readonly now: number;
  /** What each whole day before today was charged, the last one yesterday, in nano-dollars. */
  readonly history: readonly number[];
  /** What today was charged so far. */
  readonly chargedToday: number;
}

export interface MonthForecast {
  /** Nano-dollars that were charged in this calendar month (UTC) so far. */
  readonly spent: number;
  /** The same at its end. */
  readonly total: number;
  /** Today's rest and the days that are left, in their order: what will be charged. */
  readonly days: readonly { readonly start: number; readonly nanoUsd: number }[];
}

/** What is charged to the end of this month. */
export function forecastMonth({ today, now, history, chargedToday }: ForecastInput): MonthForecast {
  const date = new Date(today * 1000);
  const end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / 1000;
  const before = date.getUTCDate() - 1;
  const spent = sum(before === 0 ? [] : history.slice(-before)) + chargedToday;
  const [ofToday = 0, ...others] = forecastDays(history, (end - today) / DAY);
  const restOfToday = Math.round(ofToday * (1 - (now - today) / DAY));
  const days = [restOfToday, ...others].map((nanoUsd, index) => ({ start: today + index * DAY, nanoUsd }));
  return { spent, total: spent + sum(days.map(({ nanoUsd }) => nanoUsd)), days };
}

/**
 * The days that follow a history: whole weeks grow or fall as those before did, by a weighted regression of their logarithms, and
 * each weekday has its share of the last weeks. Days before the first charge do not count; of less than two weeks
 * the mean is used.
 */
export function forecastDays(history: readonly number[], count: number): readonly number[] {
  const first = history.findIndex((amount) => amount > 0);
  const known = first === -1 ? [] : history.slice(first);
  if (known.length < LEAST_DAYS) {
    const mean = known.length === 0 ? 0 : Math.round(sum(known) / known.length);
    return Array.from({ length: count }, () => mean);
  }
  const weeks = Array.from({ length: Math.floor(known.length / WEEK) }, (_, index) => {
    const end = known.length - index * WEEK;
    return known.slice(end - WEEK, end);
  });
  const weekAt = trendOf(weeks.map(sum));
  const recent = weeks.slice(0, PROFILE_WEEKS);
  const charged = sum(recent.map(sum));
  return Array.from({ length: count }, (_, day) => {
    const share = charged === 0 ? 0 : sum(recent.map((week) => week[day % WEEK] ?? 0)) / charged;
    // A week's sum is that of its middle, three and a half days before the history ends for the last one.
    return Math.round(weekAt((day + 4) / WEEK) * share);
  });
}

/**
 * What a week is charged that ends so many weeks after the last one.
 * @param weeks the last one first; those before a week without charges do not count
 */
function trendOf(weeks: readonly number[]): (weeksLater: number) => number {
  const empty = weeks.indexOf(0);
  const counted = empty === -1 ? weeks : weeks.slice(0, empty);
  const points = counted.map((charged, index) => ({ x: -index, y: Math.log(charged), weight: WEEK_WEIGHT ** index }));
  const weighted = (of: (point: (typeof points)[number]) => number) => sum(points.map((one) => one.weight * of(one)));
  const [weight, x, y] = [weighted(() => 1), weighted((one) => one.x), weighted((one) => one.y)];
  if (weight === 0) return () => 0;
  const spread = weight * weighted((one) => one.x ** 2) - x ** 2;
  const slope = counted.length < 3 ? 0 : (weight * weighted((one) => one.x * one.y) - x * y) / spread;
  const trend = Math.min(MOST_TREND, Math.max(-MOST_TREND, slope));
  return (weeksLater) => Math.exp((y - trend * x) / weight + trend * weeksLater);
}

/** The day in which a budget is used up, in Unix seconds; undefined where the month ends before. */
export function exhaustedOn({ spent, days }: MonthForecast, budget: number): number | undefined {
  let used = spent;
  for (const { start, nanoUsd } of days) {
    used += nanoUsd;
    if (used >= budget) return start;
  }
  return undefined;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, amount) => all + amount, 0);
}
