import type { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import { Construct } from "constructs";
import { type ApplicationLoadBalancerProps, createApplicationLoadBalancer } from "./application-load-balancer.ts";
import { createHttpsListener } from "./https-listener.ts";

export interface PublicLoadBalancerProps extends ApplicationLoadBalancerProps {
  /** Target group of HTTPS requests, and the listener's certificate. */
  readonly gateways: { readonly certificateArn: string; readonly targetGroupArn: string };
}

/**
 * The entry of environments with `api.entry` `alb`: HTTPS from anywhere to the gateways, WebSockets included. Engines
 * are at the internal load balancer: this one's name resolves to public addresses, to which gateways have no route.
 */
export class PublicLoadBalancer extends Construct {
  readonly resource: Lb;
  readonly arn: string;
  /** HTTPS listener of the gateways. */
  readonly gatewayListenerArn: string;

  constructor(scope: Construct, id: string, props: PublicLoadBalancerProps) {
    super(scope, id);
    this.resource = createApplicationLoadBalancer(this, "Default", props, {
      internal: false,
      xffHeaderProcessingMode: "append", // gateways read the client's address from the entry that it adds
    });
    this.arn = this.resource.arn;
    this.gatewayListenerArn = createHttpsListener(this, "Https", {
      loadBalancerArn: this.arn,
      ...props.gateways,
    }).arn;
  }
}
