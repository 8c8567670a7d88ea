import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import { METRICS } from "../../contracts/metrics/catalogue.ts";

export interface RolloutAlarmProps {
  /** Name of the group, and start of the alarm's. */
  readonly name: string;
  readonly targetGroupArnSuffix: string;
  readonly loadBalancerArnSuffix: string;
}

/**
 * Stops the rollout of a new template when instances that were ready become unhealthy. Instances that never become ready
 * stop it without an alarm. The number of healthy instances is no measure: it is low in an outage too, and the alarm would
 * stop the rollout that repairs it.
 */
export class RolloutAlarm extends Construct {
  readonly alarmName: string;

  constructor(scope: Construct, id: string, { name, targetGroupArnSuffix, loadBalancerArnSuffix }: RolloutAlarmProps) {
    super(scope, id);
    const { namespace, name: metricName } = METRICS.unhealthyHosts;
    const alarm = new CloudwatchMetricAlarm(this, "Default", {
      alarmName: `${name}-rollout`,
      alarmDescription: `Instances of ${name} fail their health checks; a rollout that is under way stops.`,
      namespace,
      metricName,
      dimensions: { TargetGroup: targetGroupArnSuffix, LoadBalancer: loadBalancerArnSuffix },
      statistic: "Maximum",
      period: 60,
      evaluationPeriods: 2, // an unhealthy instance is replaced within minutes; one short dip is no bad version
      datapointsToAlarm: 2,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      treatMissingData: "notBreaching", // without instances there is nothing to measure
    });
    this.alarmName = alarm.alarmName; // by reference, so that it exists before the group that names it
  }
}
