import { REGIONS, type Region } from "../catalog/regions.ts";
import { EGRESS_PORT, isOutside } from "../domain/targets/internet-egress.ts";
import type { Environment } from "../settings/environment.ts";
import type { Problem } from "./problem.ts";

export function zoneProblems({ region, zones }: Environment): readonly Problem[] {
  const known: Region = REGIONS[region];
  const unknown = zones.filter((zone) => !known.zones.includes(zone));
  const problems: Problem[] = unknown.map((zone) => ({
    path: `zones[${zones.indexOf(zone)}]`,
    value: zone,
    rule: `must be a zone of ${region}`,
    remedy: `use 2 or 3 of ${known.zones.join(", ")}`,
  }));
  if (new Set(zones).size !== zones.length)
    problems.push({ path: "zones", value: zones, rule: "must not repeat a zone", remedy: "name each zone once" });
  return problems;
}

export function accountProblems({
  account,
  iam: { permissionsBoundary, assumeRole },
}: Environment): readonly Problem[] {
  if (account === null) return [];
  const arns = { "iam.permissionsBoundary": permissionsBoundary, "iam.assumeRole.arn": assumeRole?.arn ?? null };
  return Object.entries(arns).flatMap(([path, arn]) => {
    const of = arn?.split(":")[4];
    if (of === undefined || of === "aws" || of === account) return [];
    const rule = `must be of the environment's account ${account}`;
    return [{ path, value: arn, rule, remedy: "correct the ARN, or account" }];
  });
}

export function networkProblems({ network }: Environment): readonly Problem[] {
  const prefix = Number(network.cidr.split("/")[1]);
  if (prefix === 16) return [];
  return [
    {
      path: "network.cidr",
      value: network.cidr,
      rule: "must be a /16, from which /20 subnets are cut",
      remedy: "write it as 10.x.0.0/16",
    },
  ];
}

export function existingNetworkProblems({ network: { existing }, zones }: Environment): readonly Problem[] {
  if (existing === null) return [];
  const lists = ["loadBalancerSubnetIds", "gatewaySubnetIds", "engineSubnetIds"] as const;
  return lists.flatMap((list): readonly Problem[] => {
    const at = { path: `network.existing.${list}`, value: existing[list] };
    if (existing[list].length !== zones.length) {
      const rule = `must have one subnet for each of the ${zones.length} zones`;
      return [{ ...at, rule, remedy: `name the subnets of the zones ${zones.join(", ")}, in this order` }];
    }
    if (new Set(existing[list]).size === existing[list].length) return [];
    return [{ ...at, rule: "must not repeat a subnet", remedy: "name the subnet of each zone once" }];
  });
}

export function internetEgressProblems({ region, providers }: Environment): readonly Problem[] {
  return Object.entries(providers)
    .filter(([, provider]) => isOutside(region, provider))
    .filter(([, { endpoint }]) => {
      const { protocol, port } = new URL(endpoint);
      return protocol !== "https:" || port !== ""; // a parsed https address has no port when it is 443
    })
    .map(([name, { endpoint }]) => ({
      path: `providers.${name}.endpoint`,
      value: endpoint,
      rule: `must be https on port ${EGRESS_PORT}: gateways leave the VPC on no other`,
      remedy: "use the provider's https address; a host of your own network belongs in allowPrivateHosts",
    }));
}
