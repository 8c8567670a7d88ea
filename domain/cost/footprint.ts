import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { natGatewayCount } from "../targets/internet-egress.ts";
import { providerServices } from "../targets/provider-services.ts";
import { type CostEnvironment, isInExistingNetwork, isPrivate } from "./cost-environment.ts";
import { type CustomMetrics, customMetrics } from "./custom-metrics.ts";

/** Usage events that wait, that are lost, and files that are not counted. */
const USAGE_ALARM_METRICS = 3;

/**
 * Numbers of priced resources in an environment's stacks, without its fleets. A test counts the synthesized resources
 * and fails when one of these numbers is wrong.
 */
export interface Footprint {
  readonly interfaceEndpoints: {
    /** Interface endpoints that gateways need. */
    readonly shared: number;
    /** Interface endpoints that only engines need. */
    readonly engines: number;
  };
  /** Zones in which each interface endpoint has an address. */
  readonly endpointZones: number;
  /** NAT gateways, each with a public address. */
  readonly natGateways: number;
  readonly loadBalancers: number;
  readonly encryptionKeys: number;
  readonly firewallRules: number;
  /** Metrics that alarms watch, of the environment and of each of its pools: CloudWatch charges by them. */
  readonly alarmMetrics: { readonly once: number; readonly perPool: number };
  readonly compositeAlarms: number;
  readonly dashboards: number;
  /** Custom metrics of the environment, and of each of its pools. */
  readonly metrics: CustomMetrics;
}

export function footprintOf(environment: CostEnvironment): Footprint {
  const { region, zones, gateways, providers, pools, network } = environment;
  const forProviders = providerServices(region, Object.values(providers)).length;
  const hasUsage = (environment.usage ?? null) !== null;
  const audited = Number(environment.api.controlApi ?? false);
  const isBilled = Number((environment.billing ?? null) !== null);
  const hasTables = Number(environment.usage?.athena ?? false);
  const hasStream = Number(audited > 0 && (environment.api.auditStream ?? null) !== null);
  const hasHistory = Number((environment.history ?? null) !== null);
  return {
    // Gateways call ec2, elasticloadbalancing and logs, engines also autoscaling and monitoring; sessions need ssm and ssmmessages.
    interfaceEndpoints: isInExistingNetwork(environment)
      ? { shared: 0, engines: 0 }
      : { shared: 3 + forProviders + (network?.shell ? 2 : 0), engines: Object.keys(pools).length > 0 ? 2 : 0 },
    endpointZones: Math.min(zones.length, gateways.minInstances),
    natGateways: natGatewayCount(environment),
    loadBalancers: environment.api.entry === "alb" ? 2 : 1, // the engines' is internal
    // One for stored data, one for the states, and one that signs the audit trail.
    encryptionKeys: 2 + audited,
    firewallRules: isPrivate(environment)
      ? 0
      : 1 + Number((environment.api.requestsPerMinutePerIpWithKey ?? null) !== null),
    // Latency, cost, certificate, gateways' health, their rollout and dead letters watch one metric each, errors two;
    // the sealing of audit events, notices, erasures, each of two of its stream, lost history, Parquet, Stripe and, without the control API, the alerts of budgets one more each, usage events three.
    alarmMetrics: {
      once:
        8 +
        3 * audited +
        2 * hasStream +
        hasHistory +
        hasTables +
        isBilled +
        (hasUsage ? 1 - audited + USAGE_ALARM_METRICS : 0),
      perPool: 9,
    },
    compositeAlarms: 1,
    dashboards: 1,
    metrics: customMetrics(
      audited
        ? undefined
        : Object.values(METRICS).filter(({ namespace }) => namespace !== METRICS.unsealedChains.namespace),
    ),
  };
}
