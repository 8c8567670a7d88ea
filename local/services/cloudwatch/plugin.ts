import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asObject, asText, type Json } from "../../template/json.ts";
import { CompositeAlarm } from "./composite-alarm.ts";
import { MetricAlarm } from "./metric-alarm.ts";
import type { WithCloudWatch } from "./runtime.ts";

export const metricAlarm: ResourcePlugin<WithCloudWatch> = {
  type: "aws_cloudwatch_metric_alarm",
  start(config, resource, runtime) {
    runtime.cloudwatch.alarms.set(arnOf(resource, runtime), new MetricAlarm(config));
  },
};

export const compositeAlarm: ResourcePlugin<WithCloudWatch> = {
  type: "aws_cloudwatch_composite_alarm",
  start(config, resource, runtime) {
    runtime.cloudwatch.compositeAlarms.set(arnOf(resource, runtime), new CompositeAlarm(config));
  },
};

export const dashboard: ResourcePlugin<WithCloudWatch> = {
  type: "aws_cloudwatch_dashboard",
  start(config, _resource, { cloudwatch }) {
    const body: Json = JSON.parse(asText(config.dashboard_body));
    cloudwatch.dashboards.set(asText(config.dashboard_name), asObject(body));
  },
};

/** In the order in which they start. */
export const CLOUDWATCH_PLUGINS = {
  aws_cloudwatch_metric_alarm: metricAlarm,
  aws_cloudwatch_composite_alarm: compositeAlarm,
  aws_cloudwatch_dashboard: dashboard,
} as const;
