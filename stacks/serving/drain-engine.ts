import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { DrainEngine } from "../../constructs/engine/drain-engine.ts";
import type { EnginePool } from "../../constructs/engine/engine-pool.ts";
import type { NetworkStack } from "../network-stack.ts";
import { resourceName } from "../stack-settings.ts";
import type { FunctionProps } from "./function-props.ts";

export interface DrainEngineProps extends FunctionProps {
  readonly network: NetworkStack;
  readonly pools: readonly EnginePool[];
}

/** The function that lets an engine end its requests before its instance is terminated. */
export function drainEngine(
  stack: TerraformStack,
  { environment, network, data, lambdas, pools }: DrainEngineProps,
): void {
  new DrainEngine(stack, "DrainEngine", {
    name: `${resourceName(environment)}-drain-engine`,
    bundle: join(lambdas, "drain-engine.zip"),
    pools,
    drainSeconds: environment.gateways.drainSeconds,
    subnetIds: network.network.privateSubnetIds,
    // It calls engines, which gateways may do.
    securityGroupId: network.securityGroups.gatewayId,
    logRetentionDays: environment.logRetentionDays,
    kmsKeyArn: data.encryptionKey.arn,
  });
}
