import { type TerraformStack, TerraformVariable } from "cdktf";
import type { PoolSettings } from "../settings/environment.ts";

/** Largest value of the variable; the environment's schema has the same limit. */
const LIMIT = 64;

/** `maxInstances` is the variable's default, `minInstances` its lowest value. */
export interface InstanceVariableProps extends Pick<PoolSettings, "minInstances" | "maxInstances"> {
  /** Whose instances, in the variable's description. */
  readonly what: string;
}

/** Name of the OpenTofu variable of a fleet's maximum: OpenTofu takes letters, digits and underscores. */
export function instanceVariableName(fleet: string): string {
  const name = fleet.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return `${/^[a-z]/.test(name) ? "" : "pool_"}${name}_max_instances`;
}

/**
 * The OpenTofu variable by which an operator changes a fleet's maximum without editing code.
 * @returns the token of its value
 */
export function instanceVariable(stack: TerraformStack, fleet: string, props: InstanceVariableProps): number {
  const { what, maxInstances, minInstances } = props;
  const name = instanceVariableName(fleet);
  const variable = new TerraformVariable(stack, name, {
    type: "number",
    default: maxInstances,
    nullable: false,
    description: `Most instances of ${what} that may run at once, ${minInstances} to ${LIMIT}. Bounds the cost.`,
    validation: [
      {
        condition: `\${var.${name} >= ${minInstances} && var.${name} <= ${LIMIT} && floor(var.${name}) == var.${name}}`,
        errorMessage: `${name} must be a whole number from ${minInstances} (the minimum of ${what}) to ${LIMIT}.`,
      },
    ],
  });
  return variable.numberValue;
}
