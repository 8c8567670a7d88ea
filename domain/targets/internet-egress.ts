import { dialectRules } from "../../contracts/targets/provider-dialects.ts";
import type { ProviderSettings } from "../../contracts/targets/target-settings.ts";

/** The only port on which gateways leave the VPC. */
export const EGRESS_PORT = 443;

type Reaching = Pick<ProviderSettings, "dialect" | "endpoint" | "region"> & {
  readonly allowPrivateHosts: readonly string[];
};

/** Whether a provider is outside AWS's endpoints and the private network, so that a gateway reaches it over the internet. */
export function isOutside(region: string, provider: Reaching): boolean {
  const { awsService } = dialectRules(provider.dialect);
  if (awsService !== null && provider.region === region) return false; // it has an interface endpoint
  return !provider.allowPrivateHosts.includes(new URL(provider.endpoint).hostname);
}

export interface EgressOptions {
  readonly region: string;
  readonly zones: readonly string[];
  readonly gateways: { readonly minInstances: number };
  /** @default - `when-needed`; environments before there was the setting were without NAT gateways */
  readonly network?: { readonly natGateway?: "when-needed" | "always" };
  readonly providers: Readonly<Record<string, Reaching>>;
}

/**
 * How many zones have a NAT gateway: none while no provider needs one, else as many as there are gateways at least. A NAT
 * gateway that outlives its zone helps only if a gateway does too.
 */
export function natGatewayCount({ region, zones, gateways, network, providers }: EgressOptions): number {
  const isNeeded = network?.natGateway === "always" || Object.values(providers).some((each) => isOutside(region, each));
  return isNeeded ? Math.min(zones.length, gateways.minInstances) : 0;
}
