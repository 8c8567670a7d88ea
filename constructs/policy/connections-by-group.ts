import { isRecord } from "../../lib/is-record.ts";
import { type Attributes, blocks, texts } from "./attributes.ts";
import type { PolicyResource, PolicyRule } from "./policy-rule.ts";

const HTTPS = 443;

/**
 * Rules of security groups name other groups, never address ranges: a range also admits whatever gets an address in it
 * later. From outside 443 is the only port, and ranges of other networks reach it in the group of the tier `entry`; to
 * the outside too, for the group of the tier `gateway` where there is a NAT gateway, or where others manage the VPC.
 */
export const connectionsByGroup: PolicyRule = { name: "connections-by-group", check };

function check({ type, attributes }: PolicyResource, stack: readonly PolicyResource[]): string | undefined {
  switch (type) {
    case "aws_vpc_security_group_ingress_rule":
      return inProblem(attributes, stack);
    case "aws_vpc_security_group_egress_rule":
      return outProblem(attributes, stack);
    case "aws_security_group_rule":
      return attributes.type === "ingress" ? inProblem(attributes, stack) : outProblem(attributes, stack);
    case "aws_security_group":
    case "aws_default_security_group":
      return blocks(attributes.ingress).length + blocks(attributes.egress).length > 0
        ? "has rules of its own, to which no other rule can add; write each as a rule resource between two groups"
        : undefined;
    default:
      return undefined;
  }
}

function inProblem(rule: Attributes, stack: readonly PolicyResource[]): string | undefined {
  const [range] = ranges(rule);
  if (range === undefined) return undefined;
  const isHttps = rule.from_port === HTTPS && rule.to_port === HTTPS;
  if (isHttps && (isEverywhere(range) || tagsOfGroup(rule, stack).Tier === "entry")) return undefined;
  return `lets ${range} in on ${ports(rule)}; name the other security group, or let in 443 only`;
}

function outProblem(rule: Attributes, stack: readonly PolicyResource[]): string | undefined {
  const [range] = ranges(rule);
  return range === undefined || isInternetEgress(rule, range, stack)
    ? undefined
    : `lets connections out to ${range} on ${ports(rule)}; name a security group or an endpoint's prefix list`;
}

function ranges({ cidr_ipv4, cidr_ipv6, cidr_blocks, ipv6_cidr_blocks }: Attributes): readonly string[] {
  return [cidr_ipv4, cidr_ipv6, cidr_blocks, ipv6_cidr_blocks].flatMap(texts);
}

function isInternetEgress(rule: Attributes, range: string, stack: readonly PolicyResource[]): boolean {
  if (!isEverywhere(range) || rule.from_port !== HTTPS || rule.to_port !== HTTPS) return false;
  const { Tier: tier, Network: network } = tagsOfGroup(rule, stack);
  return tier === "gateway" && (network === "existing" || stack.some(({ type }) => type === "aws_nat_gateway"));
}

/** The tags of the rule's group, where the group is in the same stack. */
function tagsOfGroup(rule: Attributes, stack: readonly PolicyResource[]): Readonly<Record<string, unknown>> {
  const group = stack.find(
    ({ type, address }) => type === "aws_security_group" && String(rule.security_group_id).includes(`${address}.`),
  );
  const tags = group?.attributes.tags;
  return isRecord(tags) ? tags : {};
}

function isEverywhere(range: string): boolean {
  return range === "0.0.0.0/0" || range === "::/0";
}

function ports({ ip_protocol, protocol, from_port, to_port }: Attributes): string {
  if (from_port === undefined) return `all ports of ${String(ip_protocol ?? protocol)}`;
  return from_port === to_port ? String(from_port) : `${String(from_port)} to ${String(to_port)}`;
}
