import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { EnginePool } from "../../constructs/engine/engine-pool.ts";
import type { LoadBalancer } from "../../constructs/load-balancing/load-balancer.ts";
import type { Environment } from "../../settings/environment.ts";
import type { DataStack } from "../data-stack.ts";
import { instanceVariable, instanceVariableName } from "../instance-variable.ts";
import type { NetworkStack } from "../network-stack.ts";
import { resourceName, stackTags } from "../stack-settings.ts";

export interface EnginePoolsProps {
  readonly environment: Environment;
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly securityGroupId: string;
  readonly loadBalancer: LoadBalancer;
}

/** A pool of engines for each model of the environment. */
export function enginePools(
  stack: TerraformStack,
  { environment, network, data, securityGroupId, loadBalancer }: EnginePoolsProps,
): readonly EnginePool[] {
  const group = new Construct(stack, "Engines");
  const name = resourceName(environment);
  const named = Map.groupBy(Object.keys(environment.pools), instanceVariableName);
  for (const [variable, pools] of named) {
    if (pools.length > 1 || variable === instanceVariableName("gateway")) {
      throw new Error(
        `Pools ${pools.join(" and ")} of environment ${environment.name} need the OpenTofu variable ${variable}, which only one pool may use; rename one.`,
      );
    }
  }
  return Object.entries(environment.pools).map(
    ([pool, settings]) =>
      new EnginePool(group, pool, {
        ...settings,
        maxInstances: instanceVariable(stack, pool, { ...settings, what: `the pool ${pool}` }),
        name: `${name}-engine-${pool}`,
        region: environment.region,
        servedName: pool,
        drainSeconds: environment.gateways.drainSeconds, // no stream outlives its gateway's drain
        tags: stackTags(environment, "serving"),
        network: network.network,
        securityGroupId,
        loadBalancer,
        artefacts: data.artefacts,
        logs: data.logs,
        shell: data.shell,
        kmsKeyArn: data.encryptionKey.arn,
      }),
  );
}
