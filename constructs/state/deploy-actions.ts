import { AWS_RESOURCE_TYPES } from "../../domain/aws-resources/aws-resources.ts";

/**
 * IAM actions that making and deleting a resource takes, by resource type. `deploy-permissions.ts` must allow each of
 * them; the resource matrix checks that it does.
 */
export const DEPLOY_ACTIONS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(AWS_RESOURCE_TYPES).flatMap(([type, { deploy }]) => ("exempt" in deploy ? [] : [[type, deploy]])),
);

/** Whether an IAM action pattern, e.g. `ec2:Delete*`, allows an action. */
export function allowsAction(pattern: string, action: string): boolean {
  const literal = pattern.split("*").map((part) => part.replace(/[^\w:]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`, "i").test(action);
}
