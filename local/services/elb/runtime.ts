import type { JsonObject } from "../../template/json.ts";
import type { Listener } from "./listener.ts";
import type { TargetGroup } from "./target-group.ts";

/** A listener and the port that clients on AWS would use. */
export interface ListenerEntry {
  readonly listener: Listener;
  readonly loadBalancerArn: string;
  readonly port: number;
}

/** The load balancers of the stacks, by the ARNs by which resources refer to each other. */
export class ElbRuntime {
  readonly loadBalancers = new Map<string, JsonObject>();
  readonly targetGroups = new Map<string, TargetGroup>();
  readonly listeners = new Map<string, ListenerEntry>();
  /** The gateways' listener: without API Gateway it is the entry, and serves on the API's port. */
  gatewayListener: { readonly listener: Listener; readonly isPublic: boolean } | undefined;

  /** The local port of a load balancer's listener. */
  listenerPort(loadBalancerArn: string, port: number): number | undefined {
    const entries = [...this.listeners.values()];
    return entries.find((entry) => entry.loadBalancerArn === loadBalancerArn && entry.port === port)?.listener.port;
  }

  stopHealthChecks(): void {
    for (const group of this.targetGroups.values()) group.stop();
  }

  async closeListeners(): Promise<void> {
    await Promise.all([...this.listeners.values()].map(({ listener }) => listener.close()));
  }
}

export interface WithElb {
  readonly elb: ElbRuntime;
}
