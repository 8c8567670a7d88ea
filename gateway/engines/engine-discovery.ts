/** One engine as the load balancer's target group lists it. */
export interface DiscoveredEngine {
  /** Stable while the engine lives, e.g. `i-0123456789abcdef0:8000`. */
  readonly id: string;
  /** Where to call it, e.g. `http://10.20.48.17:8000`. */
  readonly origin: string;
  /**
   * Whether it may get requests at all. A target that drains, or that the load balancer does not use, may not; one that
   * is new or unhealthy there may, when our own probe succeeds.
   */
  readonly inService: boolean;
}

/** Lists the engines that exist. Rejects when they can't be read at the moment. */
export interface EngineDiscovery {
  discover(targetGroupArn: string): Promise<readonly DiscoveredEngine[]>;
}
