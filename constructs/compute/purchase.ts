import type {
  AutoscalingGroupConfig,
  AutoscalingGroupMixedInstancesPolicy,
} from "@cdktf/provider-aws/lib/autoscaling-group/index.js";
import type { LaunchTemplateConfig } from "@cdktf/provider-aws/lib/launch-template/index.js";
import type { PoolSettings } from "../../settings/environment.ts";

interface CapacitySettings {
  readonly purchase: PoolSettings["purchase"] | undefined;
  readonly capacityReservation: PoolSettings["capacityReservation"] | undefined;
}

/** Which capacity a group uses beside what is sold on demand; its template names the market too (`marketOf`). */
export function capacityOf({
  purchase,
  capacityReservation,
}: CapacitySettings): Pick<AutoscalingGroupConfig, "capacityReservationSpecification"> {
  if (purchase?.option === "capacity-block") return reserved("capacity-reservations-only", purchase.reservationId);
  // When the reservation is full, instances are on demand.
  return capacityReservation ? reserved("capacity-reservations-first", capacityReservation.id) : {};
}

/** A Capacity Block is a market of its own: without it in the template, AWS launches nothing into the block. */
export function marketOf(
  purchase: PoolSettings["purchase"] | undefined,
): Pick<LaunchTemplateConfig, "instanceMarketOptions"> {
  return purchase?.option === "capacity-block" ? { instanceMarketOptions: { marketType: "capacity-block" } } : {};
}

function reserved(preference: string, id: string): Pick<AutoscalingGroupConfig, "capacityReservationSpecification"> {
  return {
    capacityReservationSpecification: {
      capacityReservationPreference: preference,
      capacityReservationTarget: { capacityReservationIds: [id] },
    },
  };
}

/** A group of a few instances on demand and the rest on Spot, over several types, the fleet's own first. */
export function mixedInstances(
  { onDemandBase }: Extract<PoolSettings["purchase"], { option: "spot" }>,
  template: { readonly id: string; readonly version: string },
  types: readonly string[],
): AutoscalingGroupMixedInstancesPolicy {
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
