import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { UsageArchiver } from "../../constructs/data/usage-archiver.ts";
import { UsageCounter } from "../../constructs/data/usage-counter.ts";
import { resourceName } from "../stack-settings.ts";
import type { FunctionProps } from "./function-props.ts";

/** The functions that count usage events and write them as tables of Athena, where the environment has them. */
export function usageFunctions(stack: TerraformStack, { environment, data, lambdas }: FunctionProps): void {
  const name = resourceName(environment);
  if (data.usageStore)
    new UsageCounter(stack, "UsageCounter", {
      name: `${name}-count-usage`,
      environment: environment.name,
      bundle: join(lambdas, "count-usage.zip"),
      store: data.usageStore,
      logRetentionDays: environment.logRetentionDays,
      kmsKeyArn: data.encryptionKey.arn,
      pools: environment.pools,
    });
  if (data.usageStore && environment.usage?.athena)
    new UsageArchiver(stack, "UsageArchiver", {
      name: `${name}-archive-usage`,
      bundle: join(lambdas, "archive-usage.zip"),
      store: data.usageStore,
      logRetentionDays: environment.logRetentionDays,
      kmsKeyArn: data.encryptionKey.arn,
    });
}
