import { SampledMetrics } from "./services/cloudwatch/sampled-metrics.ts";
import type { TwinRuntime } from "./twin-runtime.ts";

/** What AWS and the agents measure by themselves, over what runs here. */
export function sampledMetrics(
  { apiGateway, autoScaling, cloudwatch, elb }: TwinRuntime,
  environment: string,
): SampledMetrics {
  return new SampledMetrics({
    store: cloudwatch.metrics,
    environment,
    stage: () => apiGateway.stageDimensions,
    engines: () =>
      autoScaling.enginePools.flatMap(({ model, group }) => group.instances.map(({ port }) => ({ model, port }))),
    groups: () => autoScaling.enginePools.map(({ groupName, group: { pending } }) => ({ groupName, pending })),
    targetGroups: () =>
      [...elb.loadBalancers.keys()].flatMap((loadBalancer) =>
        [...elb.targetGroups].map(([targetGroup, { targets }]) => ({
          loadBalancer,
          targetGroup,
          healthy: targets.filter(({ state }) => state === "healthy").length,
          unhealthy: targets.filter(({ state }) => state === "unhealthy").length,
        })),
      ),
  });
}
