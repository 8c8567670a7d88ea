import { describe, expect, test } from "vitest";
import { HOUR_MS, type HourlyCostInput, hourlyCosts, type RunInstance } from "./hourly-cost.ts";

const from = Date.UTC(2026, 0, 1, 12);
const rates = {
  instanceHour: { "g5.xlarge": 1, "t4g.micro": 0.01 },
  platformHour: 0.1,
  request: 0.001,
  completionToken: 0,
};
const engine: RunInstance = {
  id: "i-1",
  instanceType: "g5.xlarge",
  model: "phi",
  launchedAt: from - HOUR_MS,
  endedAt: undefined,
};
const traffic = { model: "phi", requests: 0, promptTokens: 0, completionTokens: 0 };
const costsOf = (input: Partial<HourlyCostInput>) =>
  hourlyCosts({ from, instances: [engine], traffic: [traffic], rates, ...input });

describe("the cost of an hour", () => {
  test("of an environment is platform, gateways and engines; of a model its engines", () => {
    const gateway = { ...engine, id: "i-2", instanceType: "t4g.micro", model: undefined };
    const [all, phi] = costsOf({ instances: [engine, gateway] });
    expect(all?.usd).toBeCloseTo(1.11, 9);
    expect(phi).toEqual({ model: "phi", usd: 1, usdPerMillionTokens: undefined });
  });

  test.each([
    ["launched in it", { launchedAt: from + HOUR_MS / 4 }, 0.75],
    ["ended in it", { endedAt: from + HOUR_MS / 4 }, 0.25],
    ["launched and ended in it", { launchedAt: from + HOUR_MS / 4, endedAt: from + HOUR_MS / 2 }, 0.25],
    ["ended before it", { endedAt: from - 1 }, 0],
    ["launched after it", { launchedAt: from + HOUR_MS + 1 }, 0],
  ])("counts the part of the hour in which an instance ran: %s", (_, times, hours) => {
    expect(costsOf({ instances: [{ ...engine, ...times }] })[1]?.usd).toBeCloseTo(hours, 9);
  });

  test("adds requests and tokens, to the model that served them", () => {
    const served = [
      { ...traffic, requests: 100, promptTokens: 300_000, completionTokens: 200_000 },
      { ...traffic, model: "llama" },
    ];
    const [all, phi, llama] = costsOf({ traffic: served, rates: { ...rates, completionToken: 0.000001 } });
    expect(phi?.usd).toBeCloseTo(1 + 0.1 + 0.2, 9);
    expect(phi?.usdPerMillionTokens).toBeCloseTo(2.6, 9);
    expect(all?.usdPerMillionTokens).toBeCloseTo(2.8, 9);
    expect(llama).toEqual({ model: "llama", usd: 0, usdPerMillionTokens: undefined });
  });

  test("an instance without a price is an error that names it, unless it did not run", () => {
    const odd = { ...engine, instanceType: "x9.large" };
    expect(() => costsOf({ instances: [odd] })).toThrow(/i-1 is of type x9\.large.*catalog\/instance-types\.ts/);
    expect(costsOf({ instances: [{ ...odd, endedAt: from }] })[1]?.usd).toBe(0);
  });
});
