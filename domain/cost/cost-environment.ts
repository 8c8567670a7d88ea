import type { InstanceTypeId } from "../../catalog/instance-types.ts";
import type { ModelId } from "../../catalog/models.ts";
import type { RegionId } from "../../catalog/regions.ts";
import type { ValkeyNodeTypeId } from "../../catalog/valkey-node-types.ts";
import type { ProviderSettings } from "../../contracts/targets/target-settings.ts";

/** The part of an environment file that a forecast needs. */
export interface CostEnvironment {
  readonly name: string;
  readonly region: RegionId;
  readonly zones: readonly string[];
  readonly api: {
    readonly auth: "off" | "optional" | "required";
    /** @default "api-gateway"; there was nothing else before */
    readonly entry?: "api-gateway" | "alb";
  };
  readonly gateways: {
    readonly instanceType: InstanceTypeId;
    readonly minInstances: number;
    readonly maxInstances: number;
    /** @default 1 */
    readonly threads?: number | "per-core";
  };
  /** @default - none are kept; so were environments before there were any */
  readonly responses?: { readonly keepDays: number } | null;
  /** @default - none; so were environments before there were any */
  readonly batches?: object | null;
  /** @default - gateways share no store; so were environments before there was one */
  readonly valkey?: { readonly nodeType: ValkeyNodeTypeId; readonly nodes: number } | null;
  readonly pools: Readonly<Record<string, CostPool>>;
  readonly providers: Readonly<
    Record<string, Pick<ProviderSettings, "dialect" | "endpoint" | "credential" | "region" | "allowPrivateHosts">>
  >;
  /** @default - NAT gateways only where a provider needs one */
  readonly network?: { readonly natGateway?: "when-needed" | "always" };
  readonly logRetentionDays: number;
}

export interface CostPool {
  readonly model: ModelId;
  readonly instanceType: InstanceTypeId;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly volumeGiB: number;
  readonly warmPool: { readonly minInstances: number; readonly maxPrepared: number } | null;
}

/** Whether API Gateway is the entry, and not a load balancer. */
export function hasApiGateway({ api }: Pick<CostEnvironment, "api">): boolean {
  return api.entry !== "alb";
}
