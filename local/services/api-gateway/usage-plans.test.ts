import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../template/json.ts";
import { UsagePlans } from "./usage-plans.ts";

/** Plans with one plan on `api/live` whose key has the value `secret`. */
function plans(config: JsonObject, now: () => number = () => 0): UsagePlans {
  const usage = new UsagePlans(now);
  usage.addPlan("plan", { api_stages: [{ api_id: "api", stage: "live" }], ...config });
  usage.addKey("key", "secret");
  usage.joinKey("key", "plan");
  return usage;
}

const verdicts = (usage: UsagePlans, count: number) =>
  Array.from({ length: count }, () => usage.check("secret", "api", "live"));

describe("access", () => {
  test("a key of a plan for this stage passes; an unknown key and none at all don't", () => {
    const usage = plans({});
    expect(usage.check("secret", "api", "live")).toBe("allowed");
    expect(usage.check("other", "api", "live")).toBe("invalid-key");
    expect(usage.check(undefined, "api", "live")).toBe("invalid-key");
  });

  test("the key's id is not its value", () => {
    expect(plans({}).check("key", "api", "live")).toBe("invalid-key");
  });

  test("a plan for another stage or another API does not count here", () => {
    expect(plans({}).check("secret", "api", "test")).toBe("invalid-key");
    expect(plans({}).check("secret", "other", "live")).toBe("invalid-key");
  });

  test("a key that no plan has does not pass", () => {
    const usage = plans({});
    usage.addKey("second", "second secret");
    expect(usage.check("second secret", "api", "live")).toBe("invalid-key");
  });

  test("joining an unknown key or plan is refused with both names", () => {
    expect(() => plans({}).joinKey("key", "gone")).toThrow("no key key or no plan gone");
    expect(() => plans({}).joinKey("gone", "plan")).toThrow("no key gone or no plan plan");
  });
});

describe("throttle", () => {
  test("refuses what is beyond the burst and lets through what the rate refills", () => {
    let now = 0;
    const usage = plans({ throttle_settings: { burst_limit: 2, rate_limit: 1 } }, () => now);
    expect(verdicts(usage, 3)).toEqual(["allowed", "allowed", "throttled"]);
    now = 1000;
    expect(verdicts(usage, 2)).toEqual(["allowed", "throttled"]);
  });

  test("of one plan does not affect other plans", () => {
    const usage = plans({ throttle_settings: { burst_limit: 1, rate_limit: 1 } });
    usage.addPlan("big", { api_stages: [{ api_id: "api", stage: "live" }] });
    usage.addKey("k2", "big secret");
    usage.joinKey("k2", "big");
    expect(verdicts(usage, 2)).toEqual(["allowed", "throttled"]);
    expect(usage.check("big secret", "api", "live")).toBe("allowed");
  });
});

describe("quota", () => {
  const at = (time: string) => Date.parse(time);
  const period = (name: string, now: () => number) => plans({ quota_settings: { limit: 2, period: name } }, now);

  test("of a month ends with the month", () => {
    let now = at("2026-01-31T23:59:59Z");
    const usage = period("MONTH", () => now);
    expect(verdicts(usage, 3)).toEqual(["allowed", "allowed", "quota-exceeded"]);
    now = at("2026-02-01T00:00:00Z");
    expect(verdicts(usage, 3)).toEqual(["allowed", "allowed", "quota-exceeded"]);
  });

  test("of a day ends at midnight UTC", () => {
    let now = at("2026-01-05T00:00:00Z");
    const usage = period("DAY", () => now);
    verdicts(usage, 2);
    now = at("2026-01-05T23:59:59Z");
    expect(verdicts(usage, 1)).toEqual(["quota-exceeded"]);
    now = at("2026-01-06T00:00:00Z");
    expect(verdicts(usage, 1)).toEqual(["allowed"]);
  });

  test("of a week starts on Monday, also when the month changes in between", () => {
    let now = at("2026-01-26T00:00:00Z"); // a Monday
    const usage = period("WEEK", () => now);
    verdicts(usage, 2);
    now = at("2026-02-01T23:59:59Z"); // the Sunday after
    expect(verdicts(usage, 1)).toEqual(["quota-exceeded"]);
    now = at("2026-02-02T00:00:00Z");
    expect(verdicts(usage, 1)).toEqual(["allowed"]);
  });

  test("is not spent by throttled requests", () => {
    let now = 0;
    const limits = {
      throttle_settings: { burst_limit: 1, rate_limit: 1 },
      quota_settings: { limit: 2, period: "DAY" },
    };
    const usage = plans(limits, () => now);
    expect(verdicts(usage, 5)).toEqual(["allowed", "throttled", "throttled", "throttled", "throttled"]);
    now = 1000;
    expect(verdicts(usage, 1)).toEqual(["allowed"]);
    now = 2000;
    expect(verdicts(usage, 1)).toEqual(["quota-exceeded"]);
  });
});
