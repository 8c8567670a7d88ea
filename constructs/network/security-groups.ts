import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import { ENGINE_LISTENER_PORT, ENGINE_PORT, GATEWAY_PORT } from "../../contracts/processes/process-environment.ts";

export interface SecurityGroupsProps {
  readonly name: string;
  readonly vpcId: string;
  /** The environment's entry. @default "api-gateway" */
  readonly entry?: "api-gateway" | "alb" | "private";
  /** Group of the endpoints of a VPC that others manage. @default - a group of the environment's own */
  readonly endpointsGroupId?: string | undefined;
}

/** A connection that one party may open to another. */
export type Party = "vpcLink" | "publicLoadBalancer" | "loadBalancer" | "gateway" | "engine" | "endpoints";

interface Flow {
  readonly from: Party;
  readonly to: Party;
  readonly port: number;
  readonly why: string;
}

const HTTPS = 443;

/** Connections to the gateways, by entry. */
const ENTRY_FLOWS = {
  "api-gateway": {
    LinkToLoadBalancer: { from: "vpcLink", to: "loadBalancer", port: HTTPS, why: "API requests from API Gateway" },
    LoadBalancerToGateway: { from: "loadBalancer", to: "gateway", port: GATEWAY_PORT, why: "API requests and checks" },
  },
  private: {
    LoadBalancerToGateway: { from: "loadBalancer", to: "gateway", port: GATEWAY_PORT, why: "API requests and checks" },
  },
  alb: {
    PublicToGateway: { from: "publicLoadBalancer", to: "gateway", port: GATEWAY_PORT, why: "API requests and checks" },
  },
} as const satisfies Record<string, Record<string, Flow>>;

/** Every other connection inside the VPC. All others are refused; only the entry accepts connections from outside, on 443. */
const FLOWS = {
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
  publicLoadBalancer: { id: "PublicLoadBalancer", description: "Load balancer on the internet" },
  loadBalancer: { id: "LoadBalancer", description: "Internal load balancer" },
  gateway: { id: "Gateway", description: "Gateway instances" },
  engine: { id: "Engine", description: "Engine instances" },
  endpoints: { id: "Endpoints", description: "Interface endpoints of AWS services" },
} as const satisfies Record<Party, { id: string; description: string }>;

/** One security group per party; each rule names the other group, never a range of addresses. */
export class SecurityGroups extends Construct {
  /** Of the entry: API Gateway's VPC link, the load balancer on the internet, or the internal one. */
  readonly entryId: string;
  readonly loadBalancerId: string;
  readonly gatewayId: string;
  readonly engineId: string;
  readonly endpointsId: string;

  constructor(
    scope: Construct,
    id: string,
    { name, vpcId, entry = "api-gateway", endpointsGroupId }: SecurityGroupsProps,
  ) {
    super(scope, id);
    const group = (party: Party) =>
      new SecurityGroup(this, GROUPS[party].id, {
        name: `${name}-${kebab(GROUPS[party].id)}`,
        description: GROUPS[party].description,
        vpcId,
        tags: {
          Name: `${name}-${kebab(GROUPS[party].id)}`,
          // The policy rule `connections-by-group` allows ranges by these tags: to the internet, and into the entry.
          ...(party === "gateway" ? { Tier: "gateway" } : {}),
          ...(party === "gateway" && endpointsGroupId !== undefined ? { Network: "existing" } : {}),
          ...(party === "loadBalancer" && entry === "private" ? { Tier: "entry" } : {}),
        },
      }).id;
    const ownEntryId = entry === "private" ? undefined : group(entry === "alb" ? "publicLoadBalancer" : "vpcLink");
    this.loadBalancerId = group("loadBalancer");
    this.entryId = ownEntryId ?? this.loadBalancerId;
    const ids: Readonly<Record<Party, string>> = {
      vpcLink: this.entryId,
      publicLoadBalancer: this.entryId,
      loadBalancer: this.loadBalancerId,
      gateway: group("gateway"),
      engine: group("engine"),
      endpoints: endpointsGroupId ?? group("endpoints"),
    };
    this.gatewayId = ids.gateway;
    this.engineId = ids.engine;
    this.endpointsId = ids.endpoints;

    for (const [flowId, { from, to, port, why }] of Object.entries<Flow>({ ...ENTRY_FLOWS[entry], ...FLOWS })) {
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

  /** Lets a range of addresses open connections to the entry, on the one port of HTTPS. */
  allowRange(id: string, range: string, why: string): void {
    new VpcSecurityGroupIngressRule(this, id, {
      securityGroupId: this.entryId,
      cidrIpv4: range,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
      description: why,
    });
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
