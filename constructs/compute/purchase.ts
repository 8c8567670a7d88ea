import type { AutoscalingGroupMixedInstancesPolicy } from "@cdktf/provider-aws/lib/autoscaling-group/index.js";

/** How a fleet's instances are paid for. */
export type Purchase =
  | { readonly option: "on-demand" }
  | {
      readonly option: "spot";
      /** Instances on demand before the first Spot instance: the capacity that AWS must not reclaim. */
      readonly onDemandBase: number;
      /** Other types, for when Spot has no capacity of the fleet's own type; the model must fit on each. */
      readonly overrides: readonly string[];
    };

/** A group of a few instances on demand and the rest on Spot, over several types. */
export function mixedInstances(
  { onDemandBase, overrides }: Extract<Purchase, { option: "spot" }>,
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
