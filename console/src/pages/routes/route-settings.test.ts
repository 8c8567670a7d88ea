import { expect, test } from "vitest";
import type { RouteSettings } from "../../../../contracts/targets/target-settings.ts";
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
  expect(withWeights(ROUTE, [" 0 ", "12.5"])).toEqual({
    ...ROUTE,
    targets: [
      { pool: "small", weight: 0 },
      { provider: "openai", model: "gpt", weight: 12.5 },
    ],
  });
});

test.each([["-1"], ["1001"], [""], ["1e3"], ["0x10"], ["NaN"]])("%j is no weight", (text) => {
  expect(withWeights(ROUTE, ["1", text])).toBeUndefined();
});
