import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { forecast } from "../domain/cost/forecast.ts";
import { DEFAULT_USAGE } from "../domain/cost/usage.ts";
import { loadEnvironment } from "../environments/load.ts";
import { shortestEnvironment, writeShortestEnvironment } from "../test-support/shortest-environment.ts";
import { only, resources } from "../test-support/synth.ts";
import { STACK_NAMES } from "./stack-settings.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const folder = mkdtempSync(join(tmpdir(), "sluice-shortest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The README's environment in a region, from a file of its own: a module is loaded once. */
const inRegion = (region: string) => {
  const own = mkdtempSync(join(folder, "region-"));
  return loadEnvironment(writeShortestEnvironment(own, region));
};

describe("the README's environment file", () => {
  test("has at most ten lines", () => {
    expect(shortestEnvironment().trim().split("\n").length + 1).toBeLessThanOrEqual(10);
  });

  // documented: shortest-environment
  test.each(["eu-west-1", "us-east-1", "ap-northeast-1"])(
    "is synthesized whole and has a price in %s",
    async (region) => {
      const environment = await inRegion(region);
      expect(environment.region).toBe(region);
      const stacks = synth(environment);
      expect(Object.keys(stacks).sort()).toEqual(STACK_NAMES.map((stack) => `${environment.name}-${stack}`).sort());
      for (const stack of Object.values(stacks)) expect(stack.provider?.aws?.[0]?.region).toBe(region);
      const { total } = forecast(environment, DEFAULT_USAGE);
      expect(total.minimum).toBeGreaterThan(730); // one g5.xlarge for a month is 734 dollars at least
      expect(total.maximum).toBeGreaterThan(total.minimum);
    },
  );

  test("requires keys, has no NAT gateway and protects its data", async () => {
    const environment = await inRegion("eu-west-1");
    expect([environment.api.auth, environment.deletionProtection]).toEqual(["required", true]);
    const { [`${environment.name}-network`]: network, [`${environment.name}-edge`]: edge } = synth(environment);
    expect(resources(network, "aws_nat_gateway")).toEqual({});
    expect(only(edge, "aws_api_gateway_rest_api").body).toContain("authorizer");
  });
});
