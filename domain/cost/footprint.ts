import type { CostEnvironment } from "./cost-environment.ts";

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
  /** Custom metrics: each name with each set of dimension values counts. */
  readonly metrics: number;
}

export function footprintOf({ zones, gateways, pools }: CostEnvironment): Footprint {
  const models = Object.keys(pools).length;
  return {
    interfaceEndpoints: 4, // ec2, elasticloadbalancing, logs, monitoring
    endpointZones: Math.min(zones.length, gateways.minInstances),
    encryptionKeys: 1,
    firewallRules: 1,
    alarms: 0,
    dashboards: 0,
    metrics: 2 + 3 * models, // the cost publisher's
  };
}
