import { allowsAction } from "../../constructs/state/deploy-actions.ts";
import { deployGrants } from "../../constructs/state/deploy-permissions.ts";
import { AWS_RESOURCE_TYPES } from "../../domain/aws-resources/aws-resources.ts";
import { type AwsResourceType, exemptionOf } from "../../domain/aws-resources/rows/aws-resource-type.ts";
import type { CostEnvironment } from "../../domain/cost/cost-environment.ts";
import { forecast } from "../../domain/cost/forecast.ts";
import { DEFAULT_USAGE } from "../../domain/cost/usage.ts";
import { PLUGINS } from "../../local/plugin-table.ts";
import { STACK_ASSERTIONS } from "../assertions/table.ts";

/** Why resource types have nothing in a column of the matrix. */
export interface Exemption {
  readonly reason: string;
  readonly types: readonly string[];
}

/** A property that every resource type must have, or a reason why it has none. */
export interface Column {
  /** With an article, as in "aws_x has no cost". */
  readonly name: string;
  /** Types that have it. */
  readonly covered: ReadonlySet<string>;
  readonly exemptions: readonly Exemption[];
  /** Where to add it. */
  readonly remedy: string;
  /** Table for the reason why none is needed. */
  readonly exemptIn: string;
}

const ROWS = "its row in domain/aws-resources/services/";

/**
 * The matrix's columns: what the types' rows say, compared with what is there.
 * @param environments whose forecasts say which types cost money
 */
export function columns(environments: readonly CostEnvironment[]): readonly Column[] {
  return [
    column("twin", "twin", "a plugin in local/services/<aws-service>/", new Set(PLUGINS.map(({ type }) => type))),
    column(
      "apply test",
      "applyTest",
      "an assertion that names it in `types` in acceptance/assertions/",
      assertedTypes(),
    ),
    column(
      "leftovers check",
      "leftovers",
      "how AWS lists it",
      typesWhere(({ leftovers }) => !("exempt" in leftovers)),
    ),
    column("cost", "cost", "its cost item to domain/cost/platform-items.ts", chargedTypes(environments)),
    column(
      "deploy permission",
      "deploy",
      "its actions and a grant of each to constructs/state/deploy-permissions.ts",
      deployableTypes(),
    ),
    column(
      "encryption rule",
      "encryption",
      "how constructs/policy/customer-key.ts checks it",
      typesWhere(({ encryption }) => !("exempt" in encryption)),
    ),
  ];
}

function column(name: string, cell: keyof AwsResourceType, part: string, covered: ReadonlySet<string>): Column {
  const exemptions = Object.entries(AWS_RESOURCE_TYPES).flatMap(([type, row]) => {
    const reason = exemptionOf(row[cell]);
    return reason === undefined ? [] : [{ reason, types: [type] }];
  });
  const exemptIn = `\`${cell}\` of ${ROWS}`;
  return { name, covered, exemptions, remedy: `${part}, and ${exemptIn}`, exemptIn };
}

function typesWhere(holds: (row: AwsResourceType, type: string) => boolean): ReadonlySet<string> {
  const rows = Object.entries(AWS_RESOURCE_TYPES);
  return new Set(rows.filter(([type, row]) => holds(row, type)).map(([type]) => type));
}

/** Types whose settings an assertion reads after an apply. */
function assertedTypes(): ReadonlySet<string> {
  return new Set(Object.values(STACK_ASSERTIONS).flatMap((all) => all.flatMap(({ types }) => types)));
}

/** Types that AWS charges for in the forecast of at least one environment. */
function chargedTypes(environments: readonly CostEnvironment[]): ReadonlySet<string> {
  const items = environments.flatMap((environment) => forecast(environment, DEFAULT_USAGE).items);
  const charged = new Set(items.map(({ type }) => type));
  return typesWhere(({ cost }) => "paidIn" in cost && cost.paidIn.some((type) => charged.has(type)));
}

/** Types of which CI's role may call every action that making and deleting them takes. */
function deployableTypes(): ReadonlySet<string> {
  const patterns = deployGrants({ name: "sluice-dev", region: "us-east-1", environment: "dev" }).flatMap(
    ({ actions }) => actions,
  );
  const isAllowed = (action: string) => patterns.some((pattern) => allowsAction(pattern, action));
  return typesWhere(({ deploy }) => !("exempt" in deploy) && deploy.every(isAllowed));
}
