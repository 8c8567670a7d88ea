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
  expect(monthExpression({ items, fleets, share, variableOf })).toBe(expression);
});
