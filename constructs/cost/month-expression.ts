import { type CostFleet, type CostItem, itemCost, type Scenario } from "../../domain/cost/cost-item.ts";
import { instancesAt } from "../../domain/cost/forecast.ts";

export interface MonthExpressionProps {
  readonly items: readonly CostItem[];
  readonly fleets: readonly CostFleet[];
  readonly scenario: Scenario;
  /** How far fleets are above their minimum, 0 to 1. */
  readonly share: number;
  /** OpenTofu variable that holds a fleet's maximum. */
  readonly variableOf: (fleet: string) => string;
}

/**
 * Dollars a month as an OpenTofu expression of the fleets' variables: fixed cost is a number, cost that grows with a
 * fleet is multiplied by its instances. Rounded to cents.
 */
export function monthExpression({ items, fleets, scenario, share, variableOf }: MonthExpressionProps): string {
  const costOfItems = (fleet: string | undefined) =>
    items.filter((item) => item.fleet === fleet).reduce((sum, item) => sum + itemCost(item, scenario), 0);
  const fleetTerms = fleets.map((fleet) => ({ fleet, each: costOfItems(fleet.name) })).filter(({ each }) => each > 0);
  const atMinimum = fleetTerms.reduce(
    (sum, { fleet, each }) => sum + each * instancesAt(fleet, 0),
    costOfItems(undefined),
  );
  const above =
    share === 0
      ? []
      : fleetTerms.map(
          ({ fleet, each }) => `${exact(each * share)} * (var.${variableOf(fleet.name)} - ${fleet.minInstances})`,
        );
  // OpenTofu has no round.
  return `\${floor((${[exact(atMinimum), ...above].join(" + ")}) * 100 + 0.5) / 100}`;
}

/** A millionth of a dollar: sums of binary fractions would otherwise fill the plan with digits. */
function exact(value: number): string {
  return String(Number(value.toFixed(6)));
}
