import { describe, expect, test } from "vitest";
import { RouteSettings } from "./target-settings.ts";

const route = (fields: object) => ({
  policy: "weighted",
  sticky: "none",
  targets: [{ pool: "tiny", weight: 1 }],
  fallbacks: [],
  failoverAfterSeconds: null,
  ...fields,
});

describe("a route's hedgeAfterMs", () => {
  test.each([undefined, null, 50, 60_000])("may be %s", (hedgeAfterMs) => {
    expect(RouteSettings.safeParse(route({ hedgeAfterMs })).success).toBe(true);
  });

  test.each([0, 49, 60_001, 50.5, "100"])("may not be %s", (hedgeAfterMs) => {
    expect(RouteSettings.safeParse(route({ hedgeAfterMs })).success).toBe(false);
  });

  test("that is omitted is not stored: a gateway without this setting can read the stored record", () => {
    expect(RouteSettings.parse(route({}))).toEqual(route({}));
  });
});
