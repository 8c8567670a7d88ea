import type { TerraformStack } from "cdktf";
import { describe, expect, test } from "vitest";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { type Block, only, resources, synthConstruct } from "../../test-support/synth.ts";
import { createAlarm } from "./alarm.ts";
import { ServiceAlarms, type ServiceAlarmsProps } from "./service-alarms.ts";

const props: ServiceAlarmsProps = {
  name: "sluice-test",
  environment: "test",
  topicArn: "arn:topic",
  loadBalancerArnSuffix: "app/lb",
  gatewayLoadBalancerArnSuffix: "app/lb",
  gatewayTargetGroupArnSuffix: "targetgroup/gateway",
  pools: [
    {
      model: "small",
      targetGroupArnSuffix: "targetgroup/small",
      maxQueued: 31,
      startupSeconds: 600,
      groupName: "engine-small",
    },
    {
      model: "large",
      targetGroupArnSuffix: "targetgroup/large",
      maxQueued: 0,
      startupSeconds: 900,
      groupName: "engine-large",
    },
  ],
  certificateArn: "arn:certificate",
  hasBatches: true,
  hasAuditTrail: true,
  hasUsage: true,
  hasHistory: true,
  auditStream: undefined,
  functions: [{ does: "notices", functionName: "sluice-test-send-notices" }],
  expectedUsdPerHour: 1.2345,
};
const stack = synthConstruct((scope) => new ServiceAlarms(scope, "Alarms", props));
const alarms = Object.values(resources(stack, "aws_cloudwatch_metric_alarm"));
const alarm = (name: string): Block | undefined =>
  alarms.find(({ alarm_name }) => alarm_name === `sluice-test-${name}`);

describe("the alarms", () => {
  // documented: alarm-p99-latency
  test("rings when p99 exceeds 5 seconds, as the gateways measure it", () => {
    expect(alarm("latency")).toMatchObject({
      namespace: "Sluice/Gateway",
      metric_name: "Latency",
      dimensions: { Environment: "test" },
      extended_statistic: "p99",
      comparison_operator: "GreaterThanThreshold",
      threshold: 5000,
      period: 60,
      evaluation_periods: 3,
      datapoints_to_alarm: 2,
      treat_missing_data: "notBreaching",
    });
    expect(alarm("latency")).not.toHaveProperty("statistic");
  });

  test("rings when more than 5 % of at least 20 requests a minute fail on our side", () => {
    expect(alarm("error-rate")).toMatchObject({ threshold: 5, evaluation_periods: 5, datapoints_to_alarm: 3 });
    expect(alarm("error-rate")?.metric_query).toMatchObject([
      { id: "result", expression: "IF(requests >= 20, 100 * errors / requests, 0)", return_data: true },
      { id: "requests", return_data: false, metric: { metric_name: "Requests", stat: "Sum", period: 60 } },
      { id: "errors", return_data: false, metric: { metric_name: "ServerErrors", stat: "Sum", period: 60 } },
    ]);
  });

  test.each([
    ["no-gateway", "targetgroup/gateway"],
    ["no-engine-small", "targetgroup/small"],
    ["no-engine-large", "targetgroup/large"],
  ])("%s rings after two minutes without a healthy instance, and when nothing is reported", (name, targetGroup) => {
    expect(alarm(name)).toMatchObject({
      namespace: "AWS/ApplicationELB",
      metric_name: "HealthyHostCount",
      dimensions: { LoadBalancer: "app/lb", TargetGroup: targetGroup },
      statistic: "Maximum",
      comparison_operator: "LessThanThreshold",
      threshold: 1,
      evaluation_periods: 2,
      treat_missing_data: "breaching",
    });
  });

  test("saturation counts the fleet: every gateway gives one sample in 10 seconds", () => {
    expect(alarm("saturation-small")).toMatchObject({ threshold: 90, evaluation_periods: 5 });
    expect(alarm("saturation-small")?.metric_query[0].expression).toBe(
      "IF(capacity > 0, 100 * requests / (PERIOD(requests) / 10) / capacity, 0)",
    );
  });

  test("a queue alarm rings at half of the queue, and there is none where nothing may wait", () => {
    expect(alarm("queue-small")).toMatchObject({
      metric_name: "vllm:num_requests_waiting",
      dimensions: { Environment: "test", Model: "small" },
      threshold: 16,
    });
    expect(alarm("queue-large")).toBeUndefined();
  });

  test("rings when a request has waited over 5 seconds at a gateway, three minutes long", () => {
    for (const model of ["small", "large"])
      expect(alarm(`queue-age-${model}`)).toMatchObject({
        namespace: "Sluice/Gateway",
        metric_name: "QueueAge",
        dimensions: { Environment: "test", Model: model },
        statistic: "Maximum",
        threshold: 5,
        evaluation_periods: 3,
      });
  });

  test("the certificate's alarm rings 30 days before its end", () => {
    expect(alarm("certificate")).toMatchObject({
      namespace: "AWS/CertificateManager",
      metric_name: "DaysToExpiry",
      threshold: 30,
      period: 86_400,
      comparison_operator: "LessThanThreshold",
    });
  });

  test("the cost alarm rings after twelve hours above the forecast", () => {
    expect(alarm("cost")).toMatchObject({
      namespace: "Sluice/Cost",
      metric_name: "EstimatedHourlyCost",
      dimensions: { Environment: "test" },
      threshold: 1.23,
      period: 3600,
      evaluation_periods: 12,
      datapoints_to_alarm: 12,
      treat_missing_data: "notBreaching",
    });
  });

  const ruleOf = (synthesized: typeof stack): string =>
    only(synthesized, "aws_cloudwatch_composite_alarm").alarm_rule.replaceAll(
      /\$\{aws_cloudwatch_metric_alarm\.Alarms_(\w+?)(_[\w-]+)?_[0-9A-F]{8}\.alarm_name\}/g,
      "$1$2",
    );

  test("the service is down without gateways, or without engines of any model", () => {
    expect(ruleOf(stack)).toBe('ALARM("NoGateway") OR (ALARM("NoEngine_small") AND ALARM("NoEngine_large"))');
  });

  test("where there are no engines it is down without gateways", () => {
    const without = synthConstruct((scope) => new ServiceAlarms(scope, "Alarms", { ...props, pools: [] }));
    expect(ruleOf(without)).toBe('ALARM("NoGateway")');
  });

  // documented: alarm-audit-not-sealed
  test("rings when for five minutes no run has sealed all audit events, and when none has ended", () => {
    expect(alarm("audit-not-sealed")).toMatchObject({
      namespace: "Sluice/Audit",
      metric_name: "UnsealedChains",
      dimensions: { Environment: "test" },
      statistic: "Minimum",
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      period: 60,
      evaluation_periods: 5,
      datapoints_to_alarm: 5,
      treat_missing_data: "breaching",
    });
    const without = synthConstruct((scope) => new ServiceAlarms(scope, "Alarms", { ...props, hasAuditTrail: false }));
    const names = Object.values(resources(without, "aws_cloudwatch_metric_alarm")).map(({ alarm_name }) => alarm_name);
    expect(names).not.toContain("sluice-test-audit-not-sealed");
    // The alarm of budgets takes its place: with the control API, notices name the budget.
    expect(names).toContain("sluice-test-budget-alerts");
    expect(names).toHaveLength(alarms.length);
    expect(alarms.map(({ alarm_name }) => alarm_name)).not.toContain("sluice-test-budget-alerts");
  });

  // documented: alarms-reach-topic
  test("all of them notify the topic, also when they return to OK", () => {
    for (const one of [...alarms, only(stack, "aws_cloudwatch_composite_alarm")])
      expect(one).toMatchObject({ alarm_actions: ["arn:topic"], ok_actions: ["arn:topic"] });
  });
});

test("a series that the catalogue does not have is refused, for it would never be measured", () => {
  const scope = (stack: TerraformStack) =>
    createAlarm(stack, "Alarm", {
      name: "x",
      says: "x",
      page: "x",
      watches: { metric: METRICS.latency, dimensions: { Model: "small" }, statistic: "p99" },
      periodSeconds: 60,
      comparison: "GreaterThanThreshold",
      threshold: 1,
      periods: 1,
      missingData: "breaching",
      topicArn: "arn",
    });
  expect(() => synthConstruct(scope)).toThrow(
    /Sluice\/Gateway Latency is measured by Environment, or Environment \+ Model \+ Route; got Model/,
  );
});
