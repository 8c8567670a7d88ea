import { isRecord } from "../../lib/is-record.ts";
import { blocks } from "./attributes.ts";
import type { PolicyResource, PolicyRule } from "./policy-rule.ts";

/**
 * Only subnets of the tier `public`, which hold no instances, have a route to the internet; those of the tier `gateway`
 * may have one to a NAT gateway, which lets nothing in. Engines, in all others, have no internet egress.
 */
export const isolatedSubnets: PolicyRule = { name: "isolated-subnets", check };

function check({ type, attributes }: PolicyResource, stack: readonly PolicyResource[]): string | undefined {
  if (type === "aws_route_table" && blocks(attributes.route).length > 0)
    return "has routes of its own; write each as a route resource, where this rule sees who uses it";
  if (type !== "aws_route" || !leadsEverywhere(attributes)) return undefined;
  const users = stack
    .filter((other) => other.type === "aws_route_table_association")
    .filter((other) => other.attributes.route_table_id === attributes.route_table_id);
  const open = users
    .map((user) =>
      stack.find((other) => isSubnet(other) && String(user.attributes.subnet_id).includes(`${other.address}.`)),
    )
    .find((subnet) => subnet !== undefined && !mayUse(tier(subnet), attributes));
  return (
    open &&
    `leads ${open.address} to the internet; keep the route to tables of subnets with the tag Tier public, or gateway for a NAT gateway`
  );
}

function mayUse(subnetTier: unknown, route: PolicyResource["attributes"]): boolean {
  return subnetTier === "public" || (subnetTier === "gateway" && route.nat_gateway_id !== undefined);
}

function leadsEverywhere({
  destination_cidr_block,
  destination_ipv6_cidr_block,
}: PolicyResource["attributes"]): boolean {
  return destination_cidr_block === "0.0.0.0/0" || destination_ipv6_cidr_block === "::/0";
}

function isSubnet({ type }: PolicyResource): boolean {
  return type === "aws_subnet";
}

function tier({ attributes }: PolicyResource): unknown {
  return isRecord(attributes.tags) ? attributes.tags.Tier : undefined;
}
