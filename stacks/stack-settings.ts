import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { S3Backend, type TerraformStack } from "cdktf";
import type { Environment } from "../environments/schema.ts";

/** The stacks of an environment, each with its own state, in the order in which they are deployed. */
export const STACK_NAMES = ["network", "data", "serving", "edge", "site"] as const;
export type StackName = (typeof STACK_NAMES)[number];

/** Id of a stack: what `cdktf deploy` is given. */
export function stackId(environment: Environment, stack: StackName): string {
  return `${environment.name}-${stack}`;
}

/** Start of the names of an environment's resources. */
export function resourceName(environment: Environment): string {
  return `sluice-${environment.name}`;
}

/** Tags of everything in a stack. */
export function stackTags(environment: Environment, stack: StackName): Record<string, string> {
  return { Project: "sluice", Environment: environment.name, Stack: stack, ...environment.tags };
}

/** What every stack has: the AWS provider with its tags, and the state's place. */
export function configureStack(scope: TerraformStack, environment: Environment, stack: StackName): void {
  new AwsProvider(scope, "Aws", {
    region: environment.region,
    defaultTags: [{ tags: stackTags(environment, stack) }],
  });
  new S3Backend(scope, {
    bucket: environment.state.bucket,
    key: `${environment.name}/${stack}.tfstate`,
    region: environment.region,
    dynamodbTable: environment.state.lockTable,
    encrypt: true,
  });
}
