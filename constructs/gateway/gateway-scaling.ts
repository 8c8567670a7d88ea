import { AutoscalingPolicy } from "@cdktf/provider-aws/lib/autoscaling-policy/index.js";
import { Construct } from "constructs";
import { METRICS } from "../../contracts/metrics/catalogue.ts";

export interface GatewayScalingProps {
  readonly groupName: string;
  /** Name of the environment: the metric's dimension. */
  readonly environment: string;
}

/** Relaying is CPU work that comes in bursts; 40 % remain for the minutes until another gateway has started. */
const CPU_PERCENT = 60;
/**
 * Requests in progress on one gateway. A stream that waits for tokens costs little CPU, but sockets and buffers: by
 * estimate (not measured) at most half a MiB, so that these take a quarter of the 1 GiB of the smallest type.
 */
const REQUESTS_IN_FLIGHT = 500;

/** Gateways are cheap and start within a minute, so AWS may track both targets itself; the higher need wins. */
export class GatewayScaling extends Construct {
  constructor(scope: Construct, id: string, { groupName, environment }: GatewayScalingProps) {
    super(scope, id);
    new AutoscalingPolicy(this, "Cpu", {
      name: `${groupName}-cpu`,
      autoscalingGroupName: groupName,
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        targetValue: CPU_PERCENT,
      },
    });
    const { namespace, name } = METRICS.inFlight;
    new AutoscalingPolicy(this, "InFlight", {
      name: `${groupName}-in-flight`,
      autoscalingGroupName: groupName,
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        customizedMetricSpecification: {
          namespace,
          metricName: name,
          metricDimension: [{ name: "Environment", value: environment }],
          statistic: "Average", // each gateway writes its own number
        },
        targetValue: REQUESTS_IN_FLIGHT,
      },
    });
  }
}
