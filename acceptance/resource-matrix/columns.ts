import { ENCRYPTED_TYPES } from "../../constructs/policy/customer-key.ts";
import { allowsAction, DEPLOY_ACTIONS } from "../../constructs/state/deploy-actions.ts";
import { deployGrants } from "../../constructs/state/deploy-permissions.ts";
import type { CostEnvironment } from "../../domain/cost/cost-environment.ts";
import { CHARGED_RESOURCES } from "../../domain/cost/cost-item.ts";
import { forecast } from "../../domain/cost/forecast.ts";
import { DEFAULT_USAGE } from "../../domain/cost/usage.ts";
import { NOT_MODELLED, PLUGINS } from "../../local/plugin-table.ts";
import { STACK_ASSERTIONS } from "../assertions/table.ts";
import { CHECKED_LEFTOVERS } from "../aws-client/leftovers.ts";
import {
  type Exemption,
  WITHOUT_ASSERTION,
  WITHOUT_COST,
  WITHOUT_DEPLOY_PERMISSION,
  WITHOUT_ENCRYPTION_RULE,
  WITHOUT_LEFTOVERS_CHECK,
} from "./exemptions.ts";

/** A property that every resource type must have, or a reason why it has none. */
export interface Column {
  /** With an article, as in "aws_x has no cost". */
  readonly name: string;
  /** Types that have it, from the table that the product itself uses. */
  readonly covered: ReadonlySet<string>;
  readonly exemptions: readonly Exemption[];
  /** Where to add it. */
  readonly remedy: string;
  /** Table for the reason why none is needed. */
  readonly exemptIn: string;
}

const EXEMPTIONS = "acceptance/resource-matrix/exemptions.ts";

/**
 * The matrix's columns.
 * @param environments whose forecasts say which types cost money
 */
export function columns(environments: readonly CostEnvironment[]): readonly Column[] {
  return [
    {
      name: "twin",
      covered: new Set(PLUGINS.map(({ type }) => type)),
      exemptions: Object.entries(NOT_MODELLED).map(([type, reason]) => ({ reason, types: [type] })),
      remedy: "a plugin in local/services/<aws-service>/ and its row in PLUGINS (local/plugin-table.ts)",
      exemptIn: "NOT_MODELLED of the same file",
    },
    {
      name: "apply test",
      covered: new Set(Object.values(STACK_ASSERTIONS).flatMap((all) => all.flatMap(({ types }) => types))),
      exemptions: WITHOUT_ASSERTION,
      remedy: "an assertion that names it in `types` in acceptance/assertions/",
      exemptIn: `WITHOUT_ASSERTION of ${EXEMPTIONS}`,
    },
    {
      name: "leftovers check",
      covered: CHECKED_LEFTOVERS,
      exemptions: WITHOUT_LEFTOVERS_CHECK,
      remedy: "a row that lists it in acceptance/aws-client/leftovers.ts",
      exemptIn: `WITHOUT_LEFTOVERS_CHECK of ${EXEMPTIONS}`,
    },
    {
      name: "cost",
      covered: chargedTypes(environments),
      exemptions: WITHOUT_COST,
      remedy: "it to CHARGED_RESOURCES in domain/cost/cost-item.ts and its cost item to domain/cost/platform-items.ts",
      exemptIn: `WITHOUT_COST of ${EXEMPTIONS}`,
    },
    {
      name: "deploy permission",
      covered: deployableTypes(),
      exemptions: WITHOUT_DEPLOY_PERMISSION,
      remedy:
        "its actions to constructs/state/deploy-actions.ts and a grant of each to constructs/state/deploy-permissions.ts",
      exemptIn: `WITHOUT_DEPLOY_PERMISSION of ${EXEMPTIONS}`,
    },
    {
      name: "encryption rule",
      covered: ENCRYPTED_TYPES,
      exemptions: WITHOUT_ENCRYPTION_RULE,
      remedy: "its check to constructs/policy/customer-key.ts",
      exemptIn: `WITHOUT_ENCRYPTION_RULE of ${EXEMPTIONS}`,
    },
  ];
}

/** Types that AWS charges for in the forecast of at least one environment. */
function chargedTypes(environments: readonly CostEnvironment[]): ReadonlySet<string> {
  const items = environments.flatMap((environment) => forecast(environment, DEFAULT_USAGE).items);
  return new Set(items.flatMap(({ type }) => CHARGED_RESOURCES[type]));
}

/** Types of which CI's role may call every action that making and deleting them takes. */
function deployableTypes(): ReadonlySet<string> {
  const patterns = deployGrants({ name: "sluice-dev", region: "us-east-1", environment: "dev" }).flatMap(
    ({ actions }) => actions,
  );
  const isAllowed = (action: string) => patterns.some((pattern) => allowsAction(pattern, action));
  return new Set(
    Object.entries(DEPLOY_ACTIONS)
      .filter(([, actions]) => actions.every(isAllowed))
      .map(([type]) => type),
  );
}
