import { expect, test } from "vitest";
import { type ChangeableRow, consequenceOf, daysOfText } from "./retention-change.ts";

const ROW: ChangeableRow = {
  class: "responses",
  days: 30,
  origin: "environment",
  environment_days: 30,
  min_days: 1,
  max_days: 365,
  expires_by: "time_to_live",
  setting: "responses.keepDays",
};
const OWN = { ...ROW, days: 7, origin: "project" } as const;

test.each([
  [ROW, 7, "shorter"],
  [ROW, 31, "longer"],
  [ROW, 30, "same"],
  [ROW, null, "none"],
  [OWN, 7, "none"],
  [OWN, null, "longer"],
  [{ ...OWN, days: 90 }, null, "shorter"],
  [{ ...OWN, days: 30 }, null, "same"],
] as const)(
  "the consequence is that of the effective days before and after: %o, then %s, is %s",
  (row, chosen, what) => {
    expect(consequenceOf(row, chosen)).toBe(what);
  },
);

test.each([
  ["1", 1],
  ["365", 365],
  ["0", undefined],
  ["366", undefined],
  ["1.5", undefined],
  ["", undefined],
  // A thousand in German, one to a program.
  ["1.000", undefined],
  ["1e2", undefined],
])("days are a whole number within the bounds: %j is %s", (text, days) => {
  expect(daysOfText(text, ROW)).toBe(days);
});
