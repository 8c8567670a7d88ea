import { TerraformOutput, Token } from "cdktf";
import { Construct } from "constructs";
import { FALLBACK_REGION } from "../../catalog/prices/region-prices.ts";
import type { CostEnvironment } from "../../domain/cost/cost-environment.ts";
import { COST_TYPES, type CostItem, SCENARIOS, type Scenario } from "../../domain/cost/cost-item.ts";
import { forecast, itemsOfOtherRegions } from "../../domain/cost/forecast.ts";
import { DEFAULT_USAGE, type Usage } from "../../domain/cost/usage.ts";
import { monthExpression } from "./month-expression.ts";

export interface CostOutputsProps {
  readonly environment: CostEnvironment;
  /** OpenTofu variable of this stack that holds a fleet's maximum; the gateways' fleet is `gateway`. */
  readonly variableOf: (fleet: string) => string;
  /** @default DEFAULT_USAGE */
  readonly usage?: Usage;
}

/** The environment's forecast as outputs of the stack that has the fleets' variables: a plan shows their cost. */
export class CostOutputs extends Construct {
  constructor(scope: Construct, id: string, { environment, variableOf, usage = DEFAULT_USAGE }: CostOutputsProps) {
    super(scope, id);
    const output = (name: string, description: string, value: unknown) =>
      new TerraformOutput(this, name, { description, value, staticId: true });
    const { items, fleets } = forecast(environment, usage);
    const others = itemsOfOtherRegions({ items }).length;
    const gaps = others === 0 ? "" : `, price of ${FALLBACK_REGION} used for ${others} of ${items.length} items`;
    const shares = { minimum: 0, expected: usage.instanceShare, maximum: 1 };
    const assumed = `${usage.requestsPerMonth} requests a month at list prices${gaps}`;
    const at = (chosen: readonly CostItem[], scenario: Scenario) =>
      monthExpression({ items: chosen, fleets, scenario, share: shares[scenario], variableOf });
    for (const scenario of SCENARIOS) {
      output(
        `estimated_monthly_cost_${scenario}`,
        `Dollars a month, fleets at ${scenario}; ${assumed}.`,
        at(items, scenario),
      );
    }
    const breakdown = COST_TYPES.map((type) => {
      const ofType = items.filter((item) => item.type === type);
      return [type, Object.fromEntries(SCENARIOS.map((scenario) => [scenario, at(ofType, scenario)]))];
    });
    output(
      "estimated_monthly_cost_breakdown",
      `Dollars a month by resource type; ${assumed}.`,
      Token.asString(Object.fromEntries(breakdown)), // of the object itself, cdktf calls a deprecated function of Node
    );
  }
}
