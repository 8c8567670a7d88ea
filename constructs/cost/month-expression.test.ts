import { expect, test } from "vitest";
import type { CostItem } from "../../domain/cost/cost-item.ts";
import { monthExpression } from "./month-expression.ts";

const price = { usd: 2, units: 1, unit: "hour", source: "test", date: "2026-01-01" };
const items: readonly CostItem[] = [
  { type: "Gateways", what: "gateways", quantity: 5, price, fleet: "gateway" },
  { type: "KMS", what: "keys", quantity: 0.5, price },
];
const fleets = [
  { name: "gateway", minInstances: 3, maxInstances: 9 },
  { name: "other", minInstances: 1, maxInstances: 1 },
];
const variableOf = (fleet: string) => `${fleet}_max`;

test.each([
  [0, `\${floor((31) * 100 + 0.5) / 100}`],
  [0.25, `\${floor((31 + 2.5 * (var.gateway_max - 3)) * 100 + 0.5) / 100}`],
  [1, `\${floor((31 + 10 * (var.gateway_max - 3)) * 100 + 0.5) / 100}`],
])("a share of %s is fixed costs, fleets at their minimum, and that share of what is above", (share, expression) => {
  expect(monthExpression({ items, fleets, scenario: "expected", share, variableOf })).toBe(expression);
});

test("the maximum has the dearer price of a fleet's instances, and 1.6 times the price of another region", () => {
  const [gateways, keys] = items;
  const wider: readonly CostItem[] = [
    { ...gateways!, highest: { ...price, usd: 3 } },
    { ...keys!, price: { ...price, ofRegion: "us-east-1" } },
  ];
  expect(monthExpression({ items: wider, fleets, scenario: "maximum", share: 1, variableOf })).toBe(
    `\${floor((46.6 + 15 * (var.gateway_max - 3)) * 100 + 0.5) / 100}`,
  );
});
