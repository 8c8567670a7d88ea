/** One engine as the load balancer's target group knows it. */
export interface DiscoveredEngine {
  /** Stable while the engine lives, e.g. `i-0123456789abcdef0:8000`. */
  readonly id: string;
  /** Where to call it, e.g. `http://10.20.48.17:8000`. */
  readonly origin: string;
  /**
   * Whether it may get requests at all. A target that drains, or that the load balancer does not use, may not;
   * one that is new or unhealthy there may, when our own probe says that it answers.
   */
  readonly inService: boolean;
}

/** Tells which engines exist. Rejects when it can't be known at the moment. */
export interface EngineDiscovery {
  discover(targetGroupArn: string): Promise<readonly DiscoveredEngine[]>;
}
