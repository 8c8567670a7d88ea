import { describe, expect, test } from "vitest";
import type { StoredLimits } from "./subject-limits.ts";
import { tierPlan, UnknownTier, withTiers } from "./tiers.ts";

const REQUESTS = { metric: "requests", window: "minute", max: 60 } as const;
const TOKENS = { metric: "tokens", window: "day", max: 1000 } as const;
const TIERS = { gold: [REQUESTS, TOKENS], free: [{ ...REQUESTS, max: 3 }] };
const KEY = { keyId: "k1", plan: "standard" };
const THROTTLE = { requestsPerSecond: 100, burst: 200 };

const of = (scope: StoredLimits["scope"], own: Partial<StoredLimits>): StoredLimits => ({
  scope,
  subject: scope === "key" ? "k1" : "s",
  version: 1,
  limits: [],
  models: undefined,
  retention: undefined,
  isComplete: true,
  ...own,
});

describe("the limits of a tier", () => {
  test("are those of the project or key that names it, each for itself, beside their own", () => {
    const other = { metric: "concurrency", window: "now", max: 2 } as const;
    const subjects = [
      of("organization", {}),
      of("project", { tier: "gold" }),
      of("key", { tier: "free", limits: [other] }),
    ];
    expect(withTiers(subjects, KEY, TIERS).map(({ limits }) => limits)).toEqual([
      [],
      [REQUESTS, TOKENS],
      [other, { ...REQUESTS, max: 3 }],
    ]);
  });

  test("give way to the subject's own limit of the same counter, a larger one too", () => {
    const own = { ...REQUESTS, max: 500 };
    const [project] = withTiers([of("project", { tier: "gold", limits: [own] })], KEY, TIERS);
    expect(project?.limits).toEqual([own, TOKENS]);
    const alert = { ...TOKENS, action: "alert" } as const;
    expect(withTiers([of("project", { tier: "gold", limits: [alert] })], KEY, TIERS)[0]?.limits).toContain(TOKENS);
  });

  test("are those of a key whose plan has the tier's name, unless the key names another", () => {
    expect(withTiers([], { keyId: "k1", plan: "gold" }, TIERS)).toMatchObject([
      { scope: "key", subject: "k1", limits: [REQUESTS, TOKENS] },
    ]);
    expect(withTiers([of("key", { tier: "free" })], { keyId: "k1", plan: "gold" }, TIERS)[0]?.limits).toEqual(
      TIERS.free,
    );
    expect(withTiers([], { keyId: "k1", plan: "constructor" }, TIERS)).toMatchObject([{ limits: [] }]);
  });

  test("are not there for a name that the environment does not have, which is an error and not no limit", () => {
    for (const tier of ["silver", "constructor"])
      expect(() => withTiers([of("project", { tier })], KEY, TIERS)).toThrow(UnknownTier);
  });
});

describe("the usage plan of a tier", () => {
  test("lets through what its expected keys may send together", () => {
    expect(tierPlan({ limits: [{ ...REQUESTS, max: 600 }], expectedKeys: 20 }, THROTTLE)).toEqual({
      requestsPerSecond: 200,
      burst: 600,
      requestsPerMonth: null,
    });
    const month = { ...REQUESTS, window: "month", max: 1000 } as const;
    expect(tierPlan({ limits: [REQUESTS, month] }, THROTTLE)).toMatchObject({
      requestsPerSecond: 10,
      requestsPerMonth: 10_000,
    });
  });

  test("has the smaller of two rates, none of a single model, and the stage's throttle where the tier has no rate", () => {
    const hour = { ...REQUESTS, window: "hour", max: 1800 } as const;
    expect(tierPlan({ limits: [REQUESTS, hour] }, THROTTLE)).toMatchObject({ requestsPerSecond: 5, burst: 60 });
    expect(tierPlan({ limits: [TOKENS, { ...REQUESTS, max: 1, model: "a" }] }, THROTTLE)).toMatchObject(THROTTLE);
  });

  test("is within what API Gateway takes", () => {
    expect(tierPlan({ limits: [{ ...REQUESTS, max: 0 }] }, THROTTLE)).toMatchObject({ requestsPerSecond: 1, burst: 2 });
    const huge = tierPlan(
      {
        limits: [
          { ...REQUESTS, max: 2 ** 40 },
          { ...REQUESTS, window: "month", max: 2 ** 50 },
        ],
      },
      THROTTLE,
    );
    expect(huge).toEqual({ requestsPerSecond: 10_000, burst: 10_000, requestsPerMonth: 2 ** 31 - 1 });
  });
});
