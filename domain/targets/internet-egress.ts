import { accessTokenSettings } from "../../contracts/processes/access-tokens.ts";
import { LOCAL_ISSUER } from "../../contracts/processes/people.ts";
import { dialectRules } from "../../contracts/targets/provider-dialects.ts";
import type { ProviderSettings } from "../../contracts/targets/target-settings.ts";
import type { Environment } from "../../settings/environment.ts";

/** The only port of the gateways' internet egress. */
export const EGRESS_PORT = 443;

type Reaching = Pick<ProviderSettings, "dialect" | "endpoint" | "region" | "allowPrivateHosts">;

/** Whether a provider is outside AWS's endpoints and the private network, so that a gateway reaches it over the internet. */
export function isOutside(region: string, provider: Reaching): boolean {
  const { awsService } = dialectRules(provider.dialect);
  if (awsService !== null && provider.region === region) return false; // it has an interface endpoint
  return !provider.allowPrivateHosts.includes(new URL(provider.endpoint).hostname);
}

export interface EgressOptions extends Pick<Environment, "region" | "zones"> {
  readonly gateways: Pick<Environment["gateways"], "minInstances">;
  /** @default - `when-needed`; environments before there was the setting were without NAT gateways */
  readonly network?: Partial<Pick<Environment["network"], "natGateway" | "existing">>;
  readonly providers: Readonly<Record<string, Reaching>>;
  /** @default - nobody signs in */
  readonly identity?: Pick<Environment["identity"], "workloads"> & Partial<Pick<Environment["identity"], "people">>;
}

/** Whether gateways call addresses on the internet. */
export function hasInternetEgress({ region, network, providers, identity }: EgressOptions): boolean {
  return (
    network?.natGateway === "always" ||
    Object.values(providers).some((each) => isOutside(region, each)) ||
    (identity !== undefined && readsIssuers(identity))
  );
}

/** Whether gateways read the keys of issuers, to verify tokens that come in place of keys. */
function readsIssuers(identity: NonNullable<EgressOptions["identity"]>): boolean {
  const { people, workloads } = accessTokenSettings(identity) ?? { workloads: [] };
  return workloads.length > 0 || (people !== undefined && people.issuer !== LOCAL_ISSUER);
}

/**
 * Number of zones with a NAT gateway of the environment's own: 0 while no provider needs one, else at least the number of gateways. A NAT gateway
 * in a zone without a gateway is of no use when another zone fails.
 */
export function natGatewayCount(options: EgressOptions): number {
  const { zones, gateways, network } = options;
  const isNeeded = hasInternetEgress(options) && (network?.existing ?? null) === null;
  return isNeeded ? Math.min(zones.length, gateways.minInstances) : 0;
}
