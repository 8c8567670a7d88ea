import { environmentNames, loadEnvironment } from "../../environments/load.ts";
import type { Environment } from "../../settings/environment.ts";
import { EXISTING_NETWORK } from "../../test-support/existing-network.ts";
import { OUTSIDE_PROVIDER } from "../../test-support/outside-provider.ts";
import { USER_POOL_IDENTITY } from "../../test-support/user-pool-identity.ts";

const WORKLOAD = {
  name: "nightly",
  issuer: "https://token.actions.githubusercontent.com",
  audience: "https://api.example.com",
  claims: { sub: "repo:acme/*" },
};

/**
 * For tests: an environment with the options that the repository's own leave off and that add resources, under a name of
 * its own, so that linters see them too.
 */
export function withOptions(environment: Environment): Environment {
  const { api, identity, network } = environment;
  return {
    ...environment,
    name: "options",
    ci: { repository: "owner/name", branches: [], environments: ["options"], oidcProvider: "create" },
    network: { ...network, shell: true },
    api: { ...api, controlApi: true, auditStream: { to: "bucket", days: 90 } },
    identity: {
      ...identity,
      workloads: [WORKLOAD],
      people: { issuer: "https://login.example.com", clientId: "sluice" },
    },
    history: { retentionDays: 30 },
    usage: environment.usage && { ...environment.usage, athena: true },
    loadBalancerLogDays: 30,
    deletionProtection: true,
  };
}

/**
 * For tests: the repository's environments, and variants of dev that together have every resource type of all
 * possible environment files. A setting that adds a resource type belongs here.
 */
export async function environmentVariants(): Promise<Readonly<Record<string, Environment>>> {
  const named = await Promise.all(environmentNames().map(async (name) => [name, await loadEnvironment(name)] as const));
  const dev = await loadEnvironment("dev");
  const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };
  return {
    ...Object.fromEntries(named),
    "dev with CI": {
      ...dev,
      ci: { repository: "owner/name", branches: [], environments: ["dev"], oidcProvider: "create" },
    },
    "dev elsewhere with a domain of the page": {
      ...dev,
      region: "eu-west-1",
      site: { ...dev.site, domain: { name: "chat.example.com", hostedZoneId: "Z0123456789" } },
    },
    "dev with a domain": { ...dev, api: { ...dev.api, domain } },
    "dev with a public load balancer": { ...dev, api: { ...dev.api, entry: "alb", domain, usagePlans: {} } },
    "dev with a private load balancer": {
      ...dev,
      api: { ...dev.api, entry: "private", allowedRanges: ["10.0.0.0/8"], domain, usagePlans: {} },
    },
    "dev in an existing VPC": { ...dev, network: { ...dev.network, existing: EXISTING_NETWORK } },
    "dev with a limit of its own for keys": {
      ...dev,
      api: { ...dev.api, requestsPerMinutePerIpWithKey: 1000, trustedAddresses: ["203.0.113.0/29", "2001:db8::/48"] },
    },
    "dev with trusted addresses": { ...dev, api: { ...dev.api, trustedAddresses: ["203.0.113.0/29"] } },
    "dev with logs of load balancers": { ...dev, loadBalancerLogDays: 30 },
    "dev with the control API": { ...dev, api: { ...dev.api, controlApi: true } },
    "dev with a SIEM": { ...dev, api: { ...dev.api, controlApi: true, auditStream: { to: "bucket", days: 90 } } },
    "dev with a history": { ...dev, api: { ...dev.api, controlApi: true }, history: { retentionDays: 30 } },
    "dev with tables of Athena": { ...dev, usage: dev.usage && { ...dev.usage, athena: true } },
    "dev with workloads": { ...dev, identity: { ...dev.identity, workloads: [WORKLOAD] } },
    "dev with people who sign in": {
      ...dev,
      api: { ...dev.api, controlApi: true },
      identity: { ...dev.identity, people: { issuer: "https://login.example.com", clientId: "sluice" } },
    },
    "dev with a user pool": {
      ...dev,
      api: { ...dev.api, controlApi: true },
      identity: { ...dev.identity, ...USER_POOL_IDENTITY },
    },
    "dev with a console": {
      ...dev,
      api: { ...dev.api, controlApi: true },
      site: { ...dev.site, console: "on" },
    },
    "dev with a shell": { ...dev, network: { ...dev.network, shell: true } },
    "dev with a provider outside AWS": { ...dev, providers: { example: OUTSIDE_PROVIDER } },
  };
}
