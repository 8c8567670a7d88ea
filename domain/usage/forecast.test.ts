import { describe, expect, test } from "vitest";
import { exhaustedOn, forecastDays, forecastMonth } from "./forecast.ts";
import { seededNumbers } from "./test/usage-events.ts";

const DAY = 86_400;
/** A Monday. */
const START = Date.parse("2026-09-07T00:00:00Z") / 1000;

/** Working days cost 10 dollars and weekends 2, changing by a factor each day, with a tenth of noise. */
function trace(days: number, seed: number, growth: number): readonly number[] {
  const random = seededNumbers(seed);
  return Array.from({ length: days }, (_, index) => {
    const usual = index % 7 < 5 ? 10e9 : 2e9;
    return Math.round(usual * growth ** index * (0.9 + random(2000) / 10_000));
  });
}

function isNear(all: readonly number[]): void {
  const history = all.slice(0, 56);
  const days = forecastDays(history, 20);
  const [forecast = 0, actual = 0] = [days, all.slice(56)].map((part) => part.reduce((sum, one) => sum + one, 0));
  expect(Math.abs(forecast - actual) / actual).toBeLessThan(0.1);
  // Weekends are known from working days.
  expect(days[5]).toBeLessThan((days[4] ?? 0) / 2);
}

describe("the forecast of a month", () => {
  // documented: usage-forecast
  test.each([0.99, 1, 1.01, 1.02])(
    "is within 10 % of what a week's pattern costs that changes by %f a day",
    (growth) => {
      for (let seed = 1; seed <= 20; seed++) isNear(trace(56 + 20, seed, growth));
    },
  );

  test("of a steady charge is exact, and its sum is what was charged and what is to come", () => {
    const today = Date.parse("2026-11-11T00:00:00Z") / 1000;
    const found = forecastMonth({ today, now: today + DAY / 2, history: Array(56).fill(100), chargedToday: 50 });
    expect(found).toMatchObject({ spent: 1050, total: 3000 });
    expect(found.days).toHaveLength(20);
    expect(found.days[0]).toEqual({ start: today, nanoUsd: 50 });
    expect(exhaustedOn(found, 1201)).toBe(today + 2 * DAY);
    expect(exhaustedOn(found, 3001)).toBeUndefined();
  });

  test("of a service that has begun lately is by the mean since its first charge, and of one without charges 0", () => {
    expect(forecastDays([0, 0, 0, 30, 10], 2)).toEqual([20, 20]);
    expect(forecastDays(Array(56).fill(0), 2)).toEqual([0, 0]);
    const first = forecastMonth({ today: START, now: START, history: Array(56).fill(0), chargedToday: 0 });
    expect(first.total).toBe(0);
  });

  test("does not count what was before a week without charges, and takes no week for more than twice the one before", () => {
    const pause = [...Array(28).fill(1000), ...Array(7).fill(0), ...Array(21).fill(10)];
    expect(forecastDays(pause, 7)).toEqual(Array(7).fill(10));
    expect(forecastDays([...Array(49).fill(10), ...Array(7).fill(0)], 2)).toEqual([0, 0]);
    const steep = Array.from({ length: 56 }, (_, index) => 10 ** Math.floor(index / 7));
    expect(Math.max(...forecastDays(steep, 7))).toBeLessThan(4e7);
  });

  test("is never below 0", () => {
    const falling = Array.from({ length: 56 }, (_, index) => Math.max(0, 1000 - index * 25));
    for (const amount of forecastDays(falling, 31)) expect(amount).toBeGreaterThanOrEqual(0);
  });
});
