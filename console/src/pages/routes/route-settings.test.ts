import { expect, test } from "vitest";
import type { RouteSettings } from "../../../../contracts/targets/target-settings.ts";
import { decimalText } from "../../lib/decimal-text.ts";
import { withWeights } from "./route-settings.ts";

const ROUTE: RouteSettings = {
  policy: "weighted",
  sticky: "user",
  targets: [
    { pool: "small", weight: 95 },
    { provider: "openai", model: "gpt", weight: 5 },
  ],
  fallbacks: [{ pool: "large" }],
  failoverAfterSeconds: 5,
};

test("other weights leave the rest of the route as it was", () => {
  expect(withWeights(ROUTE, [" 0 ", "12,5"], "de")).toEqual({
    ...ROUTE,
    targets: [
      { pool: "small", weight: 0 },
      { provider: "openai", model: "gpt", weight: 12.5 },
    ],
  });
});

test.each([1 / 3, 1e-7])("a weight of %s that was not touched stays as it is beside one that was changed", (weight) => {
  const route = { ...ROUTE, targets: [{ pool: "small", weight }, ...ROUTE.targets.slice(1)] };
  const changed = withWeights(route, [decimalText(weight, "de"), "12,5"], "de");
  expect(changed?.targets.map((target) => target.weight)).toEqual([weight, 12.5]);
});

test.each([["-1"], ["1001"], [""], ["1e3"], ["0x10"], ["NaN"]])("%j is no weight", (text) => {
  expect(withWeights(ROUTE, ["1", text], "en")).toBeUndefined();
});
