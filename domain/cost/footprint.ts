import type { CostEnvironment } from "./cost-environment.ts";
import { type CustomMetrics, customMetrics } from "./custom-metrics.ts";

/**
 * How many priced things the stacks make for an environment, beyond its fleets. The stacks' forecast test counts the
 * synthesized resources and fails when one of these numbers is no longer true.
 */
export interface Footprint {
  readonly interfaceEndpoints: number;
  /** Zones in which each interface endpoint has an address. */
  readonly endpointZones: number;
  readonly encryptionKeys: number;
  readonly firewallRules: number;
  readonly alarms: number;
  readonly dashboards: number;
  /** Custom metrics of the environment, and of each of its pools. */
  readonly metrics: CustomMetrics;
}

export function footprintOf({ zones, gateways }: CostEnvironment): Footprint {
  return {
    interfaceEndpoints: 4, // ec2, elasticloadbalancing, logs, monitoring
    endpointZones: Math.min(zones.length, gateways.minInstances),
    encryptionKeys: 1,
    firewallRules: 1,
    alarms: 0,
    dashboards: 0,
    metrics: customMetrics(),
  };
}
