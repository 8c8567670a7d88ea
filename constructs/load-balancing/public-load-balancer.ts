import { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import { Construct } from "constructs";
import { createHttpsListener } from "./https-listener.ts";
import type { LoadBalancerProps } from "./load-balancer.ts";

export interface PublicLoadBalancerProps extends Omit<LoadBalancerProps, "gateways"> {
  readonly gateways: NonNullable<LoadBalancerProps["gateways"]>;
}

/**
 * The door where the environment's entry is `alb`: HTTPS from anywhere to the gateways, WebSockets among it. Engines are
 * at the internal load balancer: this one's name leads to public addresses, which gateways have no way to.
 */
export class PublicLoadBalancer extends Construct {
  readonly resource: Lb;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: PublicLoadBalancerProps) {
    super(scope, id);
    this.resource = new Lb(this, "Default", {
      name: props.name,
      loadBalancerType: "application",
      internal: false,
      subnets: [...props.subnetIds],
      securityGroups: [props.securityGroupId],
      idleTimeout: props.idleTimeoutSeconds,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "strictest", // clients and our gateways speak clean HTTP; anything else is an attack
      xffHeaderProcessingMode: "append", // gateways count by the hop that it adds
      enableDeletionProtection: props.isProtected,
      tags: { Name: props.name },
    });
    this.arn = this.resource.arn;
    createHttpsListener(this, "Https", { loadBalancerArn: this.arn, ...props.gateways });
  }
}
