import { blocks, isTrue, siblings } from "./attributes.ts";
import type { PolicyResource, PolicyRule } from "./policy-rule.ts";

/** Only NAT gateways and a load balancer with HTTPS alone have public addresses in the VPC. */
export const noPublicAddress: PolicyRule = { name: "no-public-address", check };

function check(resource: PolicyResource, stack: readonly PolicyResource[]): string | undefined {
  const { type, attributes } = resource;
  switch (type) {
    case "aws_subnet":
      return isTrue(attributes.map_public_ip_on_launch)
        ? "assigns public addresses to instances; set map_public_ip_on_launch to false"
        : undefined;
    case "aws_instance":
      return isTrue(attributes.associate_public_ip_address)
        ? "has a public address; set associate_public_ip_address to false"
        : undefined;
    case "aws_launch_template":
      return blocks(attributes.network_interfaces).some((it) => isTrue(it.associate_public_ip_address))
        ? "launches instances with public addresses; remove associate_public_ip_address"
        : undefined;
    case "aws_lb":
      return isTrue(attributes.internal) || isHttpsDoor(resource, stack)
        ? undefined
        : "faces the internet with another listener than HTTPS on 443; set internal to true";
    case "aws_eip":
      return siblings(stack, "aws_nat_gateway", "allocation_id", resource).length > 0
        ? undefined
        : "is a public address of no NAT gateway; reach AWS services by endpoints, or write a waiver";
    default:
      return undefined;
  }
}

function isHttpsDoor(balancer: PolicyResource, stack: readonly PolicyResource[]): boolean {
  const listeners = siblings(stack, "aws_lb_listener", "load_balancer_arn", balancer);
  return (
    listeners.length > 0 &&
    listeners.every(({ attributes: { protocol, port } }) => protocol === "HTTPS" && Number(port) === 443)
  );
}
