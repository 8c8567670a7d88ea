import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { environmentNames, loadEnvironment } from "../environments/load.ts";
import { builtAssets } from "../test-support/built-assets.ts";
import { synthTexts } from "../test-support/synth.ts";
import { CHECKOV_ACCEPTED, TFLINT_ACCEPTED } from "./accepted-findings.ts";
import { synthesizeEnvironment } from "./environment-stacks.ts";
import { withOptions } from "./test/environment-variants.ts";
import { hasAwsRules, isOnPath, lintProblems, runCheckov, runTflint } from "./test/lint-tools.ts";

const assets = builtAssets();
afterAll(() => assets.remove());
const named = await Promise.all(environmentNames().map(loadEnvironment));
const environments = [...named, withOptions(await loadEnvironment("dev"))];
const stacks = synthTexts((app) => {
  for (const environment of environments) synthesizeEnvironment(app, environment, assets);
});
/** Checkov was not done after 180 s beside the other tests of a run on two cores. */
const LINT_TIMEOUT_MS = 600_000;
const tflintConfig = join(import.meta.dirname, "tflint.hcl");

describe("the stacks of every environment, and of one with the options that they leave off", () => {
  test("pass checkov but for accepted findings", { timeout: LINT_TIMEOUT_MS }, ({ skip }) => {
    skip(!isOnPath("checkov"), "checkov is not on PATH (pip install checkov)");
    const { findings, passed, unreadable } = runCheckov(stacks);
    expect(unreadable).toBe(0);
    expect(passed).toBeGreaterThan(50 * environments.length); // resources were really checked
    expect(lintProblems(findings, CHECKOV_ACCEPTED)).toEqual([]);
  });

  test("pass tflint with its AWS rules but for accepted findings", { timeout: LINT_TIMEOUT_MS }, ({ skip }) => {
    skip(!isOnPath("tflint"), "tflint is not on PATH");
    skip(!hasAwsRules(tflintConfig), "tflint's AWS ruleset is not in TFLINT_PLUGIN_DIR");
    expect(lintProblems(runTflint(stacks, tflintConfig), TFLINT_ACCEPTED)).toEqual([]);
  });

  test("tflint reports a wrong instance type in its input", ({ skip }) => {
    skip(!isOnPath("tflint") || !hasAwsRules(tflintConfig), "tflint or its AWS ruleset is missing");
    const wrong = { resource: { aws_launch_template: { It: { instance_type: "g5.enormous" } } } };
    expect(runTflint({ "test-serving": JSON.stringify(wrong) }, tflintConfig)).toContainEqual(
      expect.objectContaining({ rule: "aws_launch_template_invalid_instance_type" }),
    );
  });
});

describe("accepted findings", () => {
  const finding = { rule: "R1", where: "dev-data/Bucket", text: "is open" };

  test("a finding that is not accepted is a problem", () => {
    expect(lintProblems([finding], [])).toEqual(["R1 in dev-data/Bucket: is open"]);
    expect(lintProblems([finding], [{ rule: "R1", only: /^prod-/, reason: "r" }])).toHaveLength(2);
    expect(lintProblems([finding], [{ rule: "R1", only: /^dev-/, reason: "r" }])).toEqual([]);
  });

  test("an accepted finding that is not found is a problem", () => {
    expect(lintProblems([], [{ rule: "R1", reason: "r" }])).toEqual([expect.stringMatching(/^R1 .*not found; remove/)]);
  });

  test("each has a reason, and no rule is accepted twice for the same resource", () => {
    const all = [...CHECKOV_ACCEPTED, ...TFLINT_ACCEPTED];
    for (const { reason } of all) expect(reason.length).toBeGreaterThan(10);
    expect(new Set(all.map(({ rule, only = "" }) => `${rule} ${only}`)).size).toBe(all.length);
  });
});
