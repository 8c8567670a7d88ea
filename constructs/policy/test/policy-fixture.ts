import { Aspects, type TerraformStack } from "cdktf";
import { type SynthesizedStack, synthConstruct } from "../../../test-support/synth.ts";
import { PolicyAspect, type PolicyAspectProps } from "../policy-aspect.ts";
import type { PolicyResource, PolicyRule } from "../policy-rule.ts";

/** A resource named `It`, in the form that rules check. */
export function resource(
  type: string,
  attributes: Readonly<Record<string, unknown>> = {},
  wildcardReasons: Readonly<Record<string, string>> = {},
): PolicyResource {
  return { type, address: `${type}.It`, attributes, wildcardReasons };
}

/** Synthesizes with the real `app.synth()` under one rule. @throws with the printed breach */
export function synthUnder(
  rule: PolicyRule,
  build: (stack: TerraformStack) => void,
  props: Partial<PolicyAspectProps> = {},
): SynthesizedStack {
  return synthConstruct((stack) => {
    Aspects.of(stack).add(new PolicyAspect({ rules: [rule], reviewedOn: "2026-06-30", ...props }));
    build(stack);
  });
}
