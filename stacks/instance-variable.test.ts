import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { synthConstruct } from "../test-support/synth.ts";
import { instanceVariable, instanceVariableName } from "./instance-variable.ts";

describe("the variable of a fleet's maximum", () => {
  test.each([
    ["phi-3-mini", "phi_3_mini_max_instances"],
    ["llama-3.3-70b", "llama_3_3_70b_max_instances"],
    ["7b", "pool_7b_max_instances"],
  ])("of %s is %s", (pool, name) => {
    expect(instanceVariableName(pool)).toBe(name);
  });

  // documented: fleet-maximum-variable
  test("is a number with the file's default, a description, and a range that begins at the minimum", () => {
    const stack = synthConstruct((scope) => {
      const value = instanceVariable(scope, "phi", { what: "the pool phi", minInstances: 2, maxInstances: 8 });
      new TerraformOutput(scope, "value", { value });
    });
    expect(stack.variable?.phi_max_instances).toEqual({
      type: "number",
      default: 8,
      nullable: false,
      description: "Most instances of the pool phi that may run at once, 2 to 64. Bounds the cost.",
      validation: [
        {
          condition: `\${var.phi_max_instances >= 2 && var.phi_max_instances <= 64 && floor(var.phi_max_instances) == var.phi_max_instances}`,
          error_message: "phi_max_instances must be a whole number from 2 (the minimum of the pool phi) to 64.",
        },
      ],
    });
    expect(stack.output?.value?.value).toBe(`\${var.phi_max_instances}`);
  });
});
