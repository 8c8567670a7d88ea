import type { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import { Construct } from "constructs";
import { type ApplicationLoadBalancerProps, createApplicationLoadBalancer } from "./application-load-balancer.ts";
import { createHttpsListener } from "./https-listener.ts";

export interface PublicLoadBalancerProps extends ApplicationLoadBalancerProps {
  /** What HTTPS requests go to, and the listener's certificate. */
  readonly gateways: { readonly certificateArn: string; readonly targetGroupArn: string };
}

/**
 * The door where the environment's entry is `alb`: HTTPS from anywhere to the gateways, WebSockets among it. Engines are
 * at the internal load balancer: this one's name resolves to public addresses, to which gateways have no route.
 */
export class PublicLoadBalancer extends Construct {
  readonly resource: Lb;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: PublicLoadBalancerProps) {
    super(scope, id);
    this.resource = createApplicationLoadBalancer(this, "Default", props, {
      internal: false,
      xffHeaderProcessingMode: "append", // gateways count by the hop that it adds
    });
    this.arn = this.resource.arn;
    createHttpsListener(this, "Https", { loadBalancerArn: this.arn, ...props.gateways });
  }
}
