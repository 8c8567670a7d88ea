import type { AutoscalingGroupMixedInstancesPolicy } from "@cdktf/provider-aws/lib/autoscaling-group/index.js";
import type { PoolSettings } from "../../settings/environment.ts";

/** A group of a few instances on demand and the rest on Spot, over several types. */
export function mixedInstances(
  { onDemandBase, overrides }: Extract<PoolSettings["purchase"], { option: "spot" }>,
  template: { readonly id: string; readonly version: string },
  instanceType: string,
): AutoscalingGroupMixedInstancesPolicy {
  const types = [...new Set([instanceType, ...overrides])];
  return {
    instancesDistribution: {
      onDemandBaseCapacity: onDemandBase,
      onDemandPercentageAboveBaseCapacity: 0,
      onDemandAllocationStrategy: "prioritized", // the fleet's own type first
      spotAllocationStrategy: "price-capacity-optimized", // AWS's advice: least likely to be reclaimed, then cheap
    },
    launchTemplate: {
      launchTemplateSpecification: { launchTemplateId: template.id, version: template.version },
      override: types.map((type) => ({ instanceType: type })),
    },
  };
}
