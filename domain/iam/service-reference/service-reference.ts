import { matchesAction } from "../patterns.ts";
import reference from "./services.json" with { type: "json" };

/** A type of resource that an action is about. */
export interface ActionResource {
  /** Name in AWS's reference, e.g. `security-group`. */
  readonly type: string;
  /** Whether every call of the action names one. */
  readonly isRequired: boolean;
  /** Whether a condition on `aws:ResourceTag/…` sees its tags. */
  readonly readsTags: boolean;
}

/** One IAM action, as AWS's service authorization reference has it. */
export interface ActionReference {
  readonly level: (typeof LEVELS)[number];
  /** Empty for an action that knows no resources: only statements about all resources allow it. */
  readonly resources: readonly ActionResource[];
}

interface Service {
  readonly actions: Readonly<Record<string, string>>;
  readonly resources: Readonly<Record<string, string>>;
}

const SERVICES: Readonly<Record<string, Service>> = reference.services;
const LEVELS = ["Read", "List", "Write", "Tagging", "Permissions management"] as const;

/** Day of AWS's data, `YYYY-MM-DD`. */
export const REFERENCE_AS_OF: string = reference.asOf;

/** Names of all actions that a pattern has, e.g. of `ec2:CreateVpc*`. */
export function actionsOf(pattern: string): readonly string[] {
  const [prefix = ""] = pattern.split(":");
  return Object.entries(SERVICES)
    .filter(([service]) => matchesAction(prefix, service))
    .flatMap(([service, { actions }]) => Object.keys(actions).map((action) => `${service}:${action}`))
    .filter((action) => matchesAction(pattern, action));
}

/** @throws for an action that AWS's reference does not have */
export function actionReference(action: string): ActionReference {
  const [service = "", name = ""] = action.split(":");
  const text = SERVICES[service]?.actions[name];
  const level = LEVELS.find((each) => text?.startsWith(each));
  if (text === undefined || level === undefined)
    throw new Error(
      `${action} is no action in AWS's reference of ${REFERENCE_AS_OF}; correct its name, or refresh domain/iam/service-reference/services.json.`,
    );
  const types = text.slice(level.length).split(" ").filter(Boolean);
  return {
    level,
    resources: types.map((type) => ({
      type: type.replaceAll(/[*#]/g, ""),
      isRequired: type.includes("*"),
      readsTags: type.endsWith("#") || (service !== "ec2" && resourceText(service, type).endsWith(" #")),
    })),
  };
}

/** Form of a resource type's ARN, with variables: `arn:${Partition}:ec2:${Region}:${Account}:vpc/${VpcId}`. */
export function arnForm(action: string, type: string): string {
  const [service = ""] = action.split(":");
  return resourceText(service, type).replace(/ #$/, "");
}

function resourceText(service: string, type: string): string {
  return SERVICES[service]?.resources[type.replaceAll(/[*#]/g, "")] ?? "";
}
