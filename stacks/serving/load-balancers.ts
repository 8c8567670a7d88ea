import type { TerraformStack } from "cdktf";
import type { InstanceTargets } from "../../constructs/load-balancing/instance-targets.ts";
import { LoadBalancer } from "../../constructs/load-balancing/load-balancer.ts";
import { PublicLoadBalancer } from "../../constructs/load-balancing/public-load-balancer.ts";
import { idleTimeoutSeconds } from "../../domain/idle-timeout.ts";
import type { Environment } from "../../settings/environment.ts";
import type { DataStack } from "../data-stack.ts";
import type { NetworkStack } from "../network-stack.ts";
import { resourceName } from "../stack-settings.ts";

export interface LoadBalancersProps {
  readonly environment: Environment;
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly certificateArn: string;
  readonly gatewayTargets: InstanceTargets;
}

export interface LoadBalancers {
  /** Of the engines inside the VPC; also of the gateways, but where the entry is `alb`. */
  readonly internal: LoadBalancer;
  /** Of the gateways where the entry is `alb`; `undefined` with the others. */
  readonly internetFacing: PublicLoadBalancer | undefined;
}

export function loadBalancers(
  stack: TerraformStack,
  { environment, network, data, certificateArn, gatewayTargets }: LoadBalancersProps,
): LoadBalancers {
  const { api, deletionProtection } = environment;
  const { loadBalancerId, entryId } = network.securityGroups;
  const name = resourceName(environment);
  const balancer = {
    subnetIds: network.network.publicSubnetIds,
    idleTimeoutSeconds: idleTimeoutSeconds(api),
    logBucket: data.loadBalancerLogs?.bucketName,
    isProtected: deletionProtection,
  };
  const gateways = { certificateArn, targetGroupArn: gatewayTargets.arn };
  const isPublic = api.entry === "alb";
  const internal = new LoadBalancer(stack, "LoadBalancer", {
    ...balancer,
    name,
    securityGroupId: loadBalancerId,
    ...(isPublic ? {} : { gateways }),
  });
  const internetFacing = isPublic
    ? new PublicLoadBalancer(stack, "PublicLoadBalancer", {
        ...balancer,
        name: `${name}-alb`,
        securityGroupId: entryId,
        gateways,
      })
    : undefined;
  return { internal, internetFacing };
}
