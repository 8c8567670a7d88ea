import type { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener/index.js";
import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule/index.js";
import { Construct } from "constructs";
import { errorBody } from "../../contracts/api/errors.ts";
import { ENGINE_LISTENER_PORT } from "../../contracts/processes/process-environment.ts";
import { type ApplicationLoadBalancerProps, createApplicationLoadBalancer } from "./application-load-balancer.ts";
import { createHttpsListener } from "./https-listener.ts";

export interface LoadBalancerProps extends ApplicationLoadBalancerProps {
  /** Target group of HTTPS requests, and the listener's certificate. @default - there is no HTTPS listener */
  readonly gateways?: { readonly certificateArn: string; readonly targetGroupArn: string };
}

/**
 * The internal load balancer: HTTPS for API Gateway's VPC link, where there is one, and a listener for gateways only that
 * selects engine pools by host name. It is in the public subnets but has no public address.
 */
export class LoadBalancer extends Construct {
  readonly resource: Lb;
  readonly arn: string;
  readonly dnsName: string;
  /** Engine listener, which gateways use when discovery fails, e.g. `http://internal-….elb.amazonaws.com:8000`. */
  readonly engineListenerUrl: string;
  /** HTTPS listener of the gateways; `undefined` where another load balancer has it. */
  readonly gatewayListenerArn: string | undefined;
  readonly #engineListener: LbListener;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    this.resource = createApplicationLoadBalancer(this, "Default", props, { internal: true });
    this.arn = this.resource.arn;
    this.dnsName = this.resource.dnsName;
    this.gatewayListenerArn = props.gateways
      ? createHttpsListener(this, "Https", { loadBalancerArn: this.arn, ...props.gateways }).arn
      : undefined;
    this.#engineListener = new LbListener(this, "Engines", {
      loadBalancerArn: this.arn,
      port: ENGINE_LISTENER_PORT,
      protocol: "HTTP",
      defaultAction: [
        {
          type: "fixed-response",
          fixedResponse: {
            statusCode: "404",
            contentType: "application/json",
            messageBody: JSON.stringify(errorBody("model_not_found")),
          },
        },
      ],
    });
    // By reference, not by number: where the listener has another port (on a laptop), gateways get that port.
    this.engineListenerUrl = `http://${this.dnsName}:${this.#engineListener.getStringAttribute("port")}`;
  }

  /** Sends requests for a host name on the engine listener to a pool's target group. */
  routeEngines(scope: Construct, props: { readonly host: string; readonly targetGroupArn: string }): void {
    // No priority: AWS takes the next free one, so that adding a pool moves no other rule.
    new LbListenerRule(scope, "EngineRoute", {
      listenerArn: this.#engineListener.arn,
      condition: [{ hostHeader: { values: [props.host] } }],
      action: [{ type: "forward", targetGroupArn: props.targetGroupArn }],
    });
  }
}
