import { describe, expect, test } from "vitest";
import type { Environment } from "../settings/environment.ts";
import { loadEnvironment } from "./load.ts";
import { validateEnvironment } from "./validate.ts";

const dev = await loadEnvironment("dev");
const TOKENS = { metric: "tokens", window: "minute", max: 1000 } as const;
const BUDGET = { metric: "nano_usd", window: "day", max: 5_000_000_000, timeZone: "Europe/Berlin" } as const;

const messageOf = (
  keylessLimits: unknown,
  api: Partial<Environment["api"]> = {},
  others: Partial<Environment> = {},
) => {
  try {
    validateEnvironment({ ...dev, ...others, api: { ...dev.api, keylessLimits, ...api } }, "environments/dev.ts");
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe("api.keylessLimits", () => {
  test("are none by default", () => expect(dev.api.keylessLimits).toEqual({ address: [], all: [] }));

  test("of tokens, requests and money are accepted, each list with or without the other", () => {
    const address = [
      TOKENS,
      { ...TOKENS, model: "phi-3-mini" },
      { metric: "concurrency", window: "now", max: 2 },
      BUDGET,
    ];
    expect(messageOf({ address, all: [BUDGET] })).toBe("");
    expect(messageOf({ all: [BUDGET] })).toBe("");
  });

  test.each([
    [{ address: [{ ...TOKENS, max: -1 }] }, /api\.keylessLimits\.address\[0\]\.max.*must be at least 0/s],
    [{ address: [{ ...TOKENS, window: "now" }] }, /address\[0\]\.window.*`concurrency` has the window `now`/s],
    [{ all: [{ ...BUDGET, window: "hour" }] }, /all\[0\]\.window.*Money is limited by day, week, month, lifetime/s],
    [{ all: [{ ...BUDGET, action: "alert" }] }, /all\[0\]\.action.*is not a known setting/s],
    [{ all: [{ ...BUDGET, timeZone: "Moon/Sea" }] }, /all\[0\]\.timeZone.*IANA/s],
    [{ all: [{ ...TOKENS, model: "absent" }] }, /all\[0\]\.model.*phi-3-mini/s],
    [{ all: [TOKENS, { ...TOKENS, max: 5 }] }, /all\[1\].*must differ from the limits before it/s],
    [{ everyone: [] }, /keylessLimits\.everyone.*is not a known setting/s],
  ])("%j is refused with its path", (limits, message) => expect(messageOf(limits)).toMatch(message));

  test("are refused where every request has a key, and by the day where no usage is counted", () => {
    expect(messageOf({ all: [TOKENS] }, { auth: "required" })).toContain("there are no callers without a key");
    expect(messageOf({ all: [BUDGET] }, {}, { usage: null })).toContain(
      "must be minute, hour or now where usage is null",
    );
    expect(messageOf({ all: [TOKENS] }, {}, { usage: null })).toBe("");
  });
});

describe("api.tiers", () => {
  const tiers = { gold: { limits: [{ ...TOKENS, metric: "requests" }], expectedKeys: 6 } } as const;
  const resolved = (api: object) =>
    validateEnvironment({ ...dev, api: { ...dev.api, ...api } }, "environments/dev.ts").api.usagePlans;

  test("are usage plans too, as wide as their expected keys together, unless the file has a plan of that name", () => {
    const { gold, ...others } = resolved({ tiers });
    expect(gold).toEqual({ requestsPerSecond: 100, burst: 1000, requestsPerMonth: null });
    expect(others).toEqual(dev.api.usagePlans);
    const own = { requestsPerSecond: 1, burst: 1, requestsPerMonth: 5 };
    expect(resolved({ tiers, usagePlans: { ...dev.api.usagePlans, gold: own } }).gold).toEqual(own);
  });

  test("have limits with the rules of others, and none where there are no keys", () => {
    const wrong = { gold: { limits: [{ ...TOKENS, model: "absent" }], expectedKeys: 0 } };
    expect(messageOf(dev.api.keylessLimits, { tiers: wrong } as object)).toMatch(
      /tiers\.gold\.expectedKeys.*at least 1/s,
    );
    const unknown = { gold: { limits: [{ ...TOKENS, model: "absent" }] } };
    expect(messageOf(dev.api.keylessLimits, { tiers: unknown })).toMatch(/api\.tiers\.gold\.limits\[0\]\.model/);
    expect(messageOf(dev.api.keylessLimits, { tiers, auth: "off" } as object)).toContain("there are no keys");
  });
});

test("a pool's cost is shared among requests only where usage counts them", () => {
  const pools = Object.fromEntries(
    Object.entries(dev.pools).map(([name, pool]) => [name, { ...pool, cost: "amortised" }]),
  );
  expect(() => validateEnvironment({ ...dev, pools }, "environments/dev.ts")).not.toThrow();
  expect(() => validateEnvironment({ ...dev, pools, usage: null }, "environments/dev.ts")).toThrow(
    /\.cost: must be none without usage.*got "amortised"/,
  );
});
