import { describe, expect, test } from "vitest";
import { decimalUsd } from "./charge-line.ts";
import { FOCUS_COLUMNS, type FocusColumn } from "./focus-columns.ts";
import { focusRow } from "./focus-rows.ts";

const line = {
  start: Date.parse("2026-12-31T00:00:00Z") / 1000,
  projectId: "proj_1",
  userId: undefined,
  apiKeyId: "key_1",
  model: "small",
  item: "input_tokens",
  tokens: 1200,
  nanoUsd: 1_500_000_001,
};
const row = focusRow(line, { billingAccountId: "https://api.example.com", providerName: "Example" });

const FORMS = {
  string: /\S/,
  decimal: /^-?\d+(\.\d+)?$/,
  datetime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  json: /^\{.*\}$/,
} as const;

describe("a row of FOCUS", () => {
  // documented: focus-columns
  test("has all 43 columns in alphabetical order, each of its type, and null only where that is allowed", () => {
    const names = Object.keys(row) as FocusColumn[];
    expect(names).toHaveLength(43);
    expect(names).toEqual([...names].sort());
    for (const name of names) {
      const value = row[name];
      const { type, isNullable } = FOCUS_COLUMNS[name];
      if (value === null) expect(isNullable, name).toBe(true);
      else expect(value, name).toMatch(FORMS[type]);
    }
  });

  test("has the cost to the billionth, the day, the month and whose it is", () => {
    expect(row).toMatchObject({
      BilledCost: "1.500000001",
      EffectiveCost: "1.500000001",
      ListCost: "1.500000001",
      ContractedCost: "1.500000001",
      ChargePeriodStart: "2026-12-31T00:00:00Z",
      ChargePeriodEnd: "2027-01-01T00:00:00Z",
      BillingPeriodStart: "2026-12-01T00:00:00Z",
      BillingPeriodEnd: "2027-01-01T00:00:00Z",
      ConsumedQuantity: "1200",
      SubAccountId: "proj_1",
      Tags: '{"api_key_id":"key_1"}',
    });
  });
});

test("dollars have all digits of their nano-dollars and no exponent", () => {
  expect([0, 1, -1, 1_000_000_000, 12_340_000_000, 9_007_199_254_740_991].map(decimalUsd)).toEqual([
    "0",
    "0.000000001",
    "-0.000000001",
    "1",
    "12.34",
    "9007199.254740991",
  ]);
});
