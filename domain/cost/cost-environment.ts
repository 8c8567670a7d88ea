import type { Environment, PoolSettings } from "../../settings/environment.ts";
import type { EgressOptions } from "../targets/internet-egress.ts";

type GatewaySettings = Environment["gateways"];
type EarlySettings = Pick<Environment, "name" | "region" | "zones" | "logRetentionDays">;
type LaterSettings = Pick<
  Environment,
  "responses" | "batches" | "usage" | "billing" | "history" | "valkey" | "loadBalancerLogDays"
>;

/**
 * The settings of an environment that a forecast reads. Environments of earlier commits are compared with today's, so what
 * came later is optional; they had no stored responses, no batches, no usage events, no history, no shared store,
 * no control API and no logs of load balancers.
 */
export interface CostEnvironment extends EarlySettings, Partial<LaterSettings> {
  /** @default of `entry`: API Gateway; there was nothing else before */
  readonly api: Pick<Environment["api"], "auth"> &
    Partial<Pick<Environment["api"], "entry" | "requestsPerMinutePerIpWithKey" | "controlApi" | "auditStream">>;
  /** @default of `threads`: 1 */
  readonly gateways: Pick<GatewaySettings, "instanceType" | "minInstances" | "maxInstances"> &
    Partial<Pick<GatewaySettings, "threads">>;
  readonly pools: Readonly<Record<string, CostPool>>;
  readonly providers: Readonly<
    Record<
      string,
      Pick<Environment["providers"][string], "dialect" | "endpoint" | "credential" | "region" | "allowPrivateHosts">
    >
  >;
  /** @default - no machine signs in by itself, and no person signs in */
  readonly identity?: NonNullable<EgressOptions["identity"]>;
  /** @default - NAT gateways only where a provider needs one, a VPC of its own, and no sessions on instances */
  readonly network?: Partial<Pick<Environment["network"], "natGateway" | "existing" | "shell">>;
}

/** Volumes of earlier commits had gp3's own throughput, all weights were the catalogue's, no pool was forecast as Spot, and none's cost was shared. */
export type CostPool = Pick<
  PoolSettings,
  "model" | "instanceType" | "minInstances" | "maxInstances" | "volumeGiB" | "warmPool"
> &
  Partial<
    Pick<PoolSettings, "volumeMiBPerSecond" | "weights" | "purchase" | "tensorParallel" | "contextTokens" | "cost">
  >;

/** Whether API Gateway is the entry, and not a load balancer. */
export function hasApiGateway({ api: { entry = "api-gateway" } }: Pick<CostEnvironment, "api">): boolean {
  return entry === "api-gateway";
}

/** Whether others manage the VPC: its endpoints, NAT gateways and log are theirs. */
export function isInExistingNetwork({ network }: Pick<CostEnvironment, "network">): boolean {
  return (network?.existing ?? null) !== null;
}

/** Whether nothing of the environment can be reached from the internet: it has no firewall and no page then. */
export function isPrivate({ api }: Pick<CostEnvironment, "api">): boolean {
  return api.entry === "private";
}
