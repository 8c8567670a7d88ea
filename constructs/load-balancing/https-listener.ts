import { LbListener } from "@cdktf/provider-aws/lib/lb-listener/index.js";
import type { Construct } from "constructs";

export interface HttpsListenerProps {
  readonly loadBalancerArn: string;
  readonly certificateArn: string;
  /** Target group of the gateways. */
  readonly targetGroupArn: string;
}

/** HTTPS listener of the gateways: 443, TLS 1.2 or newer. */
export function createHttpsListener(scope: Construct, id: string, props: HttpsListenerProps): LbListener {
  return new LbListener(scope, id, {
    loadBalancerArn: props.loadBalancerArn,
    port: 443,
    protocol: "HTTPS",
    sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
    certificateArn: props.certificateArn,
    defaultAction: [{ type: "forward", targetGroupArn: props.targetGroupArn }],
  });
}
