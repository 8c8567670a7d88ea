import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { TerraformVariable } from "cdktf";
import { describe, expect, test } from "vitest";
import { REGION_IDS } from "../../catalog/regions.ts";
import { forecast } from "../../domain/cost/forecast.ts";
import { DEFAULT_USAGE } from "../../domain/cost/usage.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { synthConstruct } from "../../test-support/synth.ts";
import { CostOutputs } from "./cost-outputs.ts";

const dev = await loadEnvironment("dev");
const variables = { "phi-3-mini": "phi_3_mini_max_instances", gateway: "gateway_max_instances" } as const;
const synth = (environment = dev) =>
  synthConstruct((scope) => {
    for (const name of Object.values(variables)) new TerraformVariable(scope, name, { type: "number", default: 2 });
    const variableOf = (fleet: string) => Object.entries(variables).find(([name]) => name === fleet)![1];
    new CostOutputs(scope, "Cost", { environment, variableOf });
  });

describe("the cost outputs", () => {
  test("are three totals and a breakdown, under these names", () => {
    expect(Object.keys(synth().output ?? {}).sort()).toEqual([
      "estimated_monthly_cost_breakdown",
      "estimated_monthly_cost_expected",
      "estimated_monthly_cost_maximum",
      "estimated_monthly_cost_minimum",
    ]);
  });

  test.each(REGION_IDS)("are the same in %s, and say how many items have us-east-1's price", (region) => {
    const { output = {} } = synth({ ...dev, region });
    expect(Object.keys(output)).toEqual(Object.keys(synth().output ?? {}));
    const gaps = expect.stringMatching(/, price of us-east-1 used for \d+ of \d+ items\.$/);
    for (const { description } of Object.values(output))
      expect(description).toEqual(region === "us-east-1" ? expect.not.stringMatching(/us-east-1/) : gaps);
  });
});

const hasTofu = (() => {
  try {
    execFileSync("tofu", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe("planned by OpenTofu", () => {
  /** The outputs that a real plan shows for these values of the variables. */
  async function plannedOutputs(values: Readonly<Record<string, number>>) {
    const folder = await mkdtemp(join(tmpdir(), "sluice-outputs-"));
    const { output, variable } = synth();
    const tofu = (...args: readonly string[]) =>
      promisify(execFile)("tofu", args, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder } });
    try {
      await writeFile(join(folder, "main.tf.json"), JSON.stringify({ output, variable }));
      const set = Object.entries(values).map(([name, value]) => `-var=${name}=${value}`);
      await tofu("init", "-no-color", "-input=false");
      await tofu("plan", "-no-color", "-input=false", "-out=plan", ...set);
      const { stdout } = await tofu("show", "-json", "plan");
      const { outputs } = JSON.parse(stdout).planned_values;
      return (name: string) => outputs[`estimated_monthly_cost_${name}`].value;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  // documented: cost-outputs
  test("the outputs are the forecast's figures, and follow the variables", async ({ skip }) => {
    skip(!hasTofu, "OpenTofu (tofu) is not on the PATH");
    const own = forecast(dev, DEFAULT_USAGE);
    const planned = await plannedOutputs({});
    expect(planned("minimum")).toBeCloseTo(own.total.minimum, 2);
    expect(planned("expected")).toBeCloseTo(own.total.expected, 2);
    expect(planned("maximum")).toBeCloseTo(own.total.maximum, 2);
    for (const row of own.byType) {
      expect(planned("breakdown")[row.type].expected, row.type).toBeCloseTo(row.expected, 1);
    }

    const higher = await plannedOutputs({ phi_3_mini_max_instances: 5 });
    const pool = { ...dev.pools["phi-3-mini"]!, maxInstances: 5 };
    const changed = forecast({ ...dev, pools: { "phi-3-mini": pool } }, DEFAULT_USAGE);
    expect(higher("maximum")).toBeCloseTo(changed.total.maximum, 2);
    expect(higher("expected")).toBeCloseTo(changed.total.expected, 2);
    expect(higher("minimum")).toBe(planned("minimum"));
    expect(higher("breakdown")["GPU instances"].maximum).toBeCloseTo(5 * 734.38, 2);
  });
});
