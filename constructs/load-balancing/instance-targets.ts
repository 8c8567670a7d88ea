import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group/index.js";
import { Construct } from "constructs";

export interface InstanceTargetsProps {
  /** What people see in the console; the AWS name itself is left to the provider, for it may have 32 characters only. */
  readonly name: string;
  readonly vpcId: string;
  readonly port: number;
  readonly healthCheckPath: string;
  /** Seconds that an instance may take to end its requests once it is taken out. */
  readonly drainSeconds: number;
}

/** Health is checked every 30 seconds (docs/requirements.md). */
const CHECK_INTERVAL_SECONDS = 30;
/** Two failed checks in a row take an instance out: one minute, and a single lost packet is no outage. */
const UNHEALTHY_CHECKS = 2;

/** A target group of instances, checked by the load balancer every 30 seconds. */
export class InstanceTargets extends Construct {
  readonly resource: LbTargetGroup;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: InstanceTargetsProps) {
    super(scope, id);
    this.resource = new LbTargetGroup(this, "Default", {
      vpcId: props.vpcId,
      port: props.port,
      protocol: "HTTP",
      targetType: "instance",
      loadBalancingAlgorithmType: "least_outstanding_requests", // requests differ by seconds, so taking turns is unfair
      deregistrationDelay: String(props.drainSeconds),
      healthCheck: {
        enabled: true,
        protocol: "HTTP",
        path: props.healthCheckPath,
        port: "traffic-port",
        matcher: "200",
        interval: CHECK_INTERVAL_SECONDS,
        timeout: 10,
        healthyThreshold: 2,
        unhealthyThreshold: UNHEALTHY_CHECKS,
      },
      tags: { Name: props.name },
    });
    this.arn = this.resource.arn;
  }
}
