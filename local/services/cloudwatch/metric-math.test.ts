import { describe, expect, test } from "vitest";
import { evaluateMath } from "./metric-math.ts";

const series = new Map([
  [
    "a",
    new Map([
      [0, 10],
      [60, 20],
      [120, 0],
    ]),
  ],
  [
    "b",
    new Map([
      [0, 2],
      [60, 5],
    ]),
  ],
]);
const at0 = (expression: string) => evaluateMath(expression, { series, periodSeconds: 60 })[0]?.value;

describe("metric math", () => {
  test.each([
    ["a + b * 2", 14],
    ["(a + b) * 2", 24],
    ["a - b - 1", 7],
    ["100 * a / b / 5", 100],
    ["-a + 1", -9],
    ["a / PERIOD(a)", 10 / 60],
    ["IF(a >= 10, 1, 2)", 1],
    ["IF(a > 10, 1, 2)", 2],
    ["IF(a == 10, b, 0.5)", 2],
  ])("%s", (expression, value) => {
    expect(at0(expression)).toBeCloseTo(value);
  });

  test("a point exists only where every series has one, unless it is filled", () => {
    const times = (expression: string) =>
      evaluateMath(expression, { series, periodSeconds: 60 }).map(({ time }) => time);
    expect(times("a + b")).toEqual([0, 60]);
    expect(times("a + FILL(b, 0)")).toEqual([0, 60, 120]);
  });

  test("a division by zero is no point", () => {
    expect(evaluateMath("1 / a", { series, periodSeconds: 60 }).map(({ time }) => time)).toEqual([0, 60]);
  });

  test.each([
    ["a +", /it ends too early/],
    ["a b", /"b" is too much/],
    ["c", /there is no series c/],
    ["a ? 1", /"\s*\? 1" is not understood/],
    ["SLICE(a)", /does not know SLICE with 1 arguments/],
    ["(a", /ends too early/],
  ])("%s is refused", (expression, message) => {
    expect(() => at0(expression)).toThrow(message);
  });
});
