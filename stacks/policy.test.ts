import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { TerraformStack } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import { waiverProblem } from "../constructs/policy/waiver.ts";
import { environmentNames, loadEnvironment } from "../environments/load.ts";
import { builtAssets } from "../test-support/built-assets.ts";
import { synthApp } from "../test-support/synth.ts";
import { synthesizeEnvironment } from "./environment-stacks.ts";
import { holdToPolicy } from "./policy.ts";
import { REVIEWED_ON, WAIVERS } from "./policy-waivers.ts";
import { configureStack, STACK_NAMES, stackId, stackTags } from "./stack-settings.ts";

const assets = builtAssets();
afterAll(() => assets.remove());
const environments = await Promise.all(environmentNames().map(loadEnvironment));
const dev = await loadEnvironment("dev");
const withLogs = { ...dev, loadBalancerLogDays: 30 };
const today = new Date().toISOString().slice(0, 10);

describe("the policy", () => {
  test.each(STACK_NAMES)("holds for the %s stack", (stack) => {
    const synth = () =>
      synthApp((app) => {
        const scope = new TerraformStack(app, stackId(dev, stack));
        configureStack(scope, dev, stack);
        new SnsTopic(scope, "Open", {});
      });
    expect(synth).toThrow(`[dev-${stack}/Open] aws_sns_topic.Open is not encrypted with a customer key`);
  });

  test.each(WAIVERS.map((waiver) => [`${waiver.rule} of ${waiver.resource}`, waiver] as const))(
    "the waiver of %s has a reason, has not ended, and is needed",
    { timeout: 120_000 }, // it synthesizes every environment
    (_, waiver) => {
      expect(waiverProblem(waiver, today)).toBeUndefined();
      const waivers = WAIVERS.filter((other) => other !== waiver);
      const messages = [...environments, withLogs].flatMap((environment) => {
        try {
          synthApp((app) => {
            synthesizeEnvironment(app, environment, assets);
            for (const stack of STACK_NAMES) {
              const scope = app.node.findChild(stackId(environment, stack));
              if (!TerraformStack.isStack(scope)) continue;
              const props = { isProtected: environment.deletionProtection, tags: stackTags(environment, stack) };
              holdToPolicy(scope, { ...props, waivers });
            }
          });
          return [];
        } catch (error) {
          return [String(error)];
        }
      });
      expect(messages.join("\n")).toContain(`-${waiver.resource}]`);
      expect(messages.join("\n")).toContain(`(rule ${waiver.rule})`);
    },
  );

  test("waivers were reviewed on a day in the past", () => {
    expect(REVIEWED_ON <= today).toBe(true);
  });
});
