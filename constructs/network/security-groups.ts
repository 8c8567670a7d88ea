import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import { ENGINE_LISTENER_PORT, ENGINE_PORT, GATEWAY_PORT } from "../../contracts/process-environment.ts";

export interface SecurityGroupsProps {
  readonly name: string;
  readonly vpcId: string;
}

/** Who may open a connection to whom. */
export type Party = "vpcLink" | "loadBalancer" | "gateway" | "engine" | "endpoints";

interface Flow {
  readonly from: Party;
  readonly to: Party;
  readonly port: number;
  readonly why: string;
}

const HTTPS = 443;

/** Every connection inside the VPC. What is not here is not possible; the VPC link is the only way in, on 443. */
const FLOWS = {
  LinkToLoadBalancer: { from: "vpcLink", to: "loadBalancer", port: HTTPS, why: "API requests from API Gateway" },
  LoadBalancerToGateway: { from: "loadBalancer", to: "gateway", port: GATEWAY_PORT, why: "API requests and checks" },
  GatewayToLoadBalancer: {
    from: "gateway",
    to: "loadBalancer",
    port: ENGINE_LISTENER_PORT,
    why: "Engine listener, the way to engines when discovery fails",
  },
  GatewayToEngine: { from: "gateway", to: "engine", port: ENGINE_PORT, why: "Inference and engine metrics" },
  LoadBalancerToEngine: { from: "loadBalancer", to: "engine", port: ENGINE_PORT, why: "Engine checks and listener" },
  GatewayToEndpoints: { from: "gateway", to: "endpoints", port: HTTPS, why: "AWS services" },
  EngineToEndpoints: { from: "engine", to: "endpoints", port: HTTPS, why: "AWS services" },
} as const satisfies Record<string, Flow>;

const GROUPS = {
  vpcLink: { id: "VpcLink", description: "API Gateway VPC link" },
  loadBalancer: { id: "LoadBalancer", description: "Internal load balancer" },
  gateway: { id: "Gateway", description: "Gateway instances" },
  engine: { id: "Engine", description: "Engine instances" },
  endpoints: { id: "Endpoints", description: "Interface endpoints of AWS services" },
} as const satisfies Record<Party, { id: string; description: string }>;

/** One security group per party; each rule names the other group, never a range of addresses. */
export class SecurityGroups extends Construct {
  readonly vpcLinkId: string;
  readonly loadBalancerId: string;
  readonly gatewayId: string;
  readonly engineId: string;
  readonly endpointsId: string;

  constructor(scope: Construct, id: string, { name, vpcId }: SecurityGroupsProps) {
    super(scope, id);
    const group = (party: Party) =>
      new SecurityGroup(this, GROUPS[party].id, {
        name: `${name}-${kebab(GROUPS[party].id)}`,
        description: GROUPS[party].description,
        vpcId,
        tags: {
          Name: `${name}-${kebab(GROUPS[party].id)}`,
          ...(party === "gateway" ? { Tier: "gateway" } : {}), // by which the policy knows who may go out
        },
      }).id;
    const ids: Readonly<Record<Party, string>> = {
      vpcLink: group("vpcLink"),
      loadBalancer: group("loadBalancer"),
      gateway: group("gateway"),
      engine: group("engine"),
      endpoints: group("endpoints"),
    };
    this.vpcLinkId = ids.vpcLink;
    this.loadBalancerId = ids.loadBalancer;
    this.gatewayId = ids.gateway;
    this.engineId = ids.engine;
    this.endpointsId = ids.endpoints;

    for (const [flowId, { from, to, port, why }] of Object.entries(FLOWS)) {
      const flow = new Construct(this, flowId);
      const common = { ipProtocol: "tcp", fromPort: port, toPort: port, description: why };
      new VpcSecurityGroupEgressRule(flow, "Out", {
        ...common,
        securityGroupId: ids[from],
        referencedSecurityGroupId: ids[to],
      });
      new VpcSecurityGroupIngressRule(flow, "In", {
        ...common,
        securityGroupId: ids[to],
        referencedSecurityGroupId: ids[from],
      });
    }
  }

  /** Lets instances reach a gateway endpoint, whose addresses are a prefix list and not a security group. */
  allowPrefixList(
    id: string,
    props: { readonly securityGroupId: string; readonly prefixListId: string; readonly why: string },
  ): void {
    new VpcSecurityGroupEgressRule(this, id, {
      securityGroupId: props.securityGroupId,
      prefixListId: props.prefixListId,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
      description: props.why,
    });
  }

  /** Lets gateways open connections to any address outside, on the one port of HTTPS. */
  allowInternet(id: string, why: string): void {
    new VpcSecurityGroupEgressRule(this, id, {
      securityGroupId: this.gatewayId,
      cidrIpv4: "0.0.0.0/0",
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
      description: why,
    });
  }
}

function kebab(name: string): string {
  return name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
