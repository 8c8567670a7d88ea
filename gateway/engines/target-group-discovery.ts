import { DescribeInstancesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ENGINE_PORT } from "../../contracts/processes/process-environment.ts";
import type { DiscoveredEngine, EngineDiscovery } from "./engine-discovery.ts";

export interface TargetGroupDiscoveryOptions {
  readonly elb: Pick<ElasticLoadBalancingV2Client, "send">;
  readonly ec2: Pick<EC2Client, "send">;
  /** Time for one call to AWS. */
  readonly timeoutMs: number;
}

/** States in which a target gets no new request, whatever its own probe returns. */
const OUT_OF_SERVICE = new Set(["draining", "unhealthy.draining", "unused"]);

/**
 * Finds engines as the load balancer does: the target group has instances, ports and health, EC2 their private
 * addresses. An instance has one address for life, so each is read once.
 */
export class TargetGroupDiscovery implements EngineDiscovery {
  readonly #options: TargetGroupDiscoveryOptions;
  /** Private addresses by target group and instance id. */
  readonly #addresses = new Map<string, ReadonlyMap<string, string>>();

  constructor(options: TargetGroupDiscoveryOptions) {
    this.#options = options;
  }

  async discover(targetGroupArn: string): Promise<readonly DiscoveredEngine[]> {
    const { elb } = this.#options;
    const response = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }), this.#limit());
    const targets = (response.TargetHealthDescriptions ?? []).flatMap(targetOf);
    const addresses = await this.#addressesOf(targetGroupArn, [...new Set(targets.map((target) => target.instanceId))]);
    return targets.flatMap(({ instanceId, port, state }) => {
      const address = addresses.get(instanceId);
      if (address === undefined) return [];
      const host = address.includes(":") ? `[${address}]` : address;
      return [{ id: `${instanceId}:${port}`, origin: `http://${host}:${port}`, inService: !OUT_OF_SERVICE.has(state) }];
    });
  }

  async #addressesOf(targetGroupArn: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const before = this.#addresses.get(targetGroupArn) ?? new Map<string, string>();
    const unknown = ids.filter((id) => !before.has(id));
    const found = unknown.length === 0 ? [] : await this.#describe(unknown);
    const all = new Map([...before, ...found]);
    const current = new Map([...all].filter(([id]) => ids.includes(id)));
    this.#addresses.set(targetGroupArn, current);
    return current;
  }

  async #describe(ids: readonly string[]): Promise<readonly (readonly [string, string])[]> {
    try {
      const response = await this.#options.ec2.send(
        new DescribeInstancesCommand({ InstanceIds: [...ids] }),
        this.#limit(),
      );
      return (response.Reservations ?? [])
        .flatMap((reservation) => reservation.Instances ?? [])
        .flatMap(({ InstanceId, PrivateIpAddress }) =>
          InstanceId === undefined || PrivateIpAddress === undefined ? [] : [[InstanceId, PrivateIpAddress] as const],
        );
    } catch (error) {
      // One instance that EC2 does not know (too new, or long gone) fails the whole request: each is then read alone.
      const isUnknownId = error instanceof Error && error.name === "InvalidInstanceID.NotFound";
      if (!isUnknownId) throw error;
      if (ids.length === 1) return [];
      return (await Promise.all(ids.map((id) => this.#describe([id])))).flat();
    }
  }

  #limit(): { readonly abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(this.#options.timeoutMs) };
  }
}

function targetOf({ Target, TargetHealth }: TargetHealthDescription) {
  if (Target?.Id === undefined) return [];
  return [{ instanceId: Target.Id, port: Target.Port ?? ENGINE_PORT, state: TargetHealth?.State ?? "initial" }];
}
