/**
 * Calls per second of an account in a region that Elastic Load Balancing answers in the long run, for all `Describe` calls together;
 * 40 may come at once. https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
 */
export const ELB_CALLS_PER_SECOND = 10;
/** Of these, for the gateways of one environment: the rest is for other environments of the account, deployments and people. */
export const DISCOVERY_CALLS_PER_SECOND = 4;
/** Seconds between two looks at a target group, where the fleet is small enough for it. */
const SHORTEST_SECONDS = 3;

export interface DiscoveryFleet {
  /** Most gateways that run at once. */
  readonly gateways: number;
  /** Pools, each with a target group of its own. */
  readonly pools: number;
}

/** Seconds between two looks of one gateway at a target group, so that the largest fleet stays within the calls above. */
export function discoverySeconds({ gateways, pools }: DiscoveryFleet): number {
  return Math.max(SHORTEST_SECONDS, Math.ceil((gateways * pools) / DISCOVERY_CALLS_PER_SECOND));
}
