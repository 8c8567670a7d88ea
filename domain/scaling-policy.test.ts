import { describe, expect, test } from "vitest";
import { type AlarmRule, alarmState, desiredAfterStep, stepAdjustment } from "./scaling-policy.ts";

const rule: AlarmRule = {
  comparison: "GreaterThanThreshold",
  threshold: 70,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: "notBreaching",
};

describe("an alarm", () => {
  test.each([
    ["three of three over the threshold", [71, 90, 100], "ALARM"],
    ["the threshold itself is not over it", [71, 70, 100], "OK"],
    ["two of three are too few", [100, 100], "OK"],
    ["older points don't count", [0, 71, 71, 71], "ALARM"],
    ["a gap does not breach", [100, undefined, 100], "OK"],
    ["no data at all does not breach", [undefined, undefined, undefined], "OK"],
  ] as const)("%s", (_, points, state) => {
    expect(alarmState(rule, points, "OK")).toBe(state);
  });

  test("breaches with m of n points", () => {
    const lenient = { ...rule, datapointsToAlarm: 2 };
    expect(alarmState(lenient, [100, 0, 100], "OK")).toBe("ALARM");
    expect(alarmState(lenient, [100, 0, 0], "ALARM")).toBe("OK");
  });

  test.each([
    ["missing", "INSUFFICIENT_DATA"],
    ["ignore", "ALARM"],
    ["breaching", "ALARM"],
    ["notBreaching", "OK"],
  ] as const)("without any data, %s means %s after an alarm", (treatMissingData, state) => {
    expect(alarmState({ ...rule, treatMissingData }, [undefined, undefined, undefined], "ALARM")).toBe(state);
  });

  test.each([
    ["GreaterThanThreshold", [false, false, true]],
    ["GreaterThanOrEqualToThreshold", [false, true, true]],
    ["LessThanThreshold", [true, false, false]],
    ["LessThanOrEqualToThreshold", [true, true, false]],
  ] as const)("compares by %s", (comparison, expected) => {
    const single = { ...rule, comparison, evaluationPeriods: 1, datapointsToAlarm: 1 };
    expect([69, 70, 71].map((value) => alarmState(single, [value], "OK") === "ALARM")).toEqual(expected);
  });
});

describe("a step", () => {
  const steps = [
    { lowerBound: 0, upperBound: 15, adjustment: 1 },
    { lowerBound: 15, adjustment: 3 },
    { upperBound: -20, adjustment: -2 },
    { lowerBound: -20, upperBound: 0, adjustment: -1 },
  ];
  test.each([
    [0, 1],
    [14.9, 1],
    [15, 3],
    [-0.1, -1],
    [-20, -2],
    [-50, -2],
  ])("%d from the threshold changes by %d", (distance, adjustment) => {
    expect(stepAdjustment(steps, distance)).toBe(adjustment);
  });

  test("outside every step changes nothing", () => {
    expect(stepAdjustment([{ lowerBound: 10, adjustment: 1 }], 5)).toBe(0);
  });
});

describe("the desired capacity", () => {
  const steady = { desired: 2, warm: 2, leaving: 0, min: 1, max: 3 };

  test("follows the step between minimum and maximum", () => {
    expect(desiredAfterStep(1, steady)).toBe(3);
    expect(desiredAfterStep(5, steady)).toBe(3);
    expect(desiredAfterStep(-1, steady)).toBe(1);
    expect(desiredAfterStep(-5, steady)).toBe(1);
    expect(desiredAfterStep(-1, { ...steady, desired: 1, warm: 1 })).toBe(1);
    expect(desiredAfterStep(0, steady)).toBe(2);
  });

  test("does not grow again while the instance of the last step starts", () => {
    expect(desiredAfterStep(1, { ...steady, warm: 1 })).toBe(2);
  });

  test("does not shrink while an instance starts, nor again while one leaves", () => {
    expect(desiredAfterStep(-1, { ...steady, desired: 3, warm: 2 })).toBe(3);
    expect(desiredAfterStep(-1, { ...steady, desired: 2, warm: 2, leaving: 1 })).toBe(2);
  });
});
