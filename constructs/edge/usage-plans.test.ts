import { describe, expect, test } from "vitest";
import { resources, synthConstruct } from "../../test-support/synth.ts";
import { testRestApi } from "./test/edge-fixture.ts";
import { planKeys, UsagePlans } from "./usage-plans.ts";

const plans = {
  anonymous: { requestsPerSecond: 10, burst: 40, requestsPerMonth: 100_000 },
  standard: { requestsPerSecond: 25, burst: 50, requestsPerMonth: null },
};
const keys = planKeys("dev", Object.keys(plans));
const stack = synthConstruct((scope) => {
  new UsagePlans(scope, "UsagePlans", { name: "test", api: testRestApi(scope), plans, planKeys: keys });
});
const plan = (name: string) =>
  Object.values(resources(stack, "aws_api_gateway_usage_plan")).find((candidate) => candidate.name === `test-${name}`);

describe("the usage plans", () => {
  test("each throttles the stage as the file says, with a monthly quota where there is one", () => {
    expect(plan("anonymous")).toMatchObject({
      throttle_settings: { rate_limit: 10, burst_limit: 40 },
      quota_settings: { limit: 100_000, period: "MONTH" },
      api_stages: [{ api_id: expect.stringContaining("Api.id"), stage: expect.stringContaining("stage_name") }],
    });
    expect(plan("standard")).not.toHaveProperty("quota_settings");
  });

  test("each has one identifier, joined to it", () => {
    const values = Object.values(resources(stack, "aws_api_gateway_api_key")).map(({ value }) => value);
    expect(values.sort()).toEqual(Object.values(keys).sort());
    for (const { key_id, usage_plan_id } of Object.values(resources(stack, "aws_api_gateway_usage_plan_key"))) {
      const name = (reference: string) => /UsagePlans_([a-z]+)_/.exec(reference)?.[1];
      expect(name(key_id)).toBe(name(usage_plan_id));
    }
  });

  test("identifiers are long enough for API Gateway even with the shortest names", () => {
    for (const value of Object.values(planKeys("d", ["s"]))) expect(value.length).toBeGreaterThanOrEqual(20);
  });
});
