import { ERRORS } from "../../contracts/api/errors.ts";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";
import { GPU_UTILIZATION_SCALING } from "../../domain/scaling-policy.ts";
import {
  ERROR_RATE_LIMIT_PERCENT,
  LATENCY_P99_LIMIT_MS,
  QUEUE_AGE_LIMIT_SECONDS,
  SATURATION_LIMIT_PERCENT,
  SEALING_PAUSE_MINUTES,
  UNSEALED_CHAINS_LIMIT,
} from "./alarm-limits.ts";
import { rate, sums } from "./chart-lines.ts";
import { costCharts } from "./cost-charts.ts";
import { saturationExpression } from "./pool-alarms.ts";
import {
  alarmList,
  type ChartLine,
  type ChartProps,
  type ComputedLine,
  chart,
  heading,
  withPositions,
} from "./widgets.ts";

export interface DashboardPool {
  /** Public name of the model. */
  readonly model: string;
  readonly autoScalingGroupName: string;
  readonly targetGroupArnSuffix: string;
}

export interface DashboardBodyProps {
  readonly region: string;
  /** Dimension of our own metrics. */
  readonly environment: string;
  readonly alarmArns: readonly string[];
  /** Load balancer of the engines. */
  readonly loadBalancerArnSuffix: string;
  /** Load balancer of the gateways. */
  readonly gatewayLoadBalancerArnSuffix: string;
  readonly gatewayTargetGroupArnSuffix: string;
  readonly pools: readonly DashboardPool[];
  /** Whether audit events are sealed. */
  readonly hasAuditTrail: boolean;
  /** Dimensions of API Gateway's stage in CloudWatch. @default - there is none */
  readonly apiStage?: { readonly apiName: string; readonly stage: string };
}

/** Paths of the inference endpoints. */
const ROUTES = ["/v1/chat/completions", "/v1/completions"] as const;
const PERCENTILES = ["p50", "p95", "p99"] as const;

/** Charts in the order in which a person on call needs them: availability, latency, saturation, cost. */
export function dashboardBody(props: DashboardBodyProps): object {
  const draw = (charts: readonly ChartProps[]) => charts.map((one) => chart(props.region, one));
  return {
    start: "-PT3H",
    periodOverride: "inherit",
    widgets: withPositions([
      heading("Is it up?", "Alarms, healthy instances, and errors."),
      alarmList("Alarms", props.alarmArns),
      ...draw(upCharts(props)),
      heading("Is it fast?", "As the gateways measure it: medians and 99th percentiles."),
      ...draw(fastCharts(props)),
      heading("Is it full?", "Load, and the share of the capacity in use."),
      ...draw(fullCharts(props)),
      heading("What does it cost?", "Estimated from running instances and requests, before AWS's bill."),
      ...draw(costCharts(props)),
    ]),
  };
}

function upCharts(props: DashboardBodyProps): readonly ChartProps[] {
  const all = { Environment: props.environment };
  const stage = stageDimensions(props);
  const healthy = (label: string, loadBalancer: string, targetGroup: string): ChartLine => ({
    metric: METRICS.healthyHosts,
    dimensions: { LoadBalancer: loadBalancer, TargetGroup: targetGroup },
    statistic: "Maximum",
    label,
  });
  return [
    {
      title: "Healthy instances",
      unit: "instances",
      lines: [
        healthy("gateways", props.gatewayLoadBalancerArnSuffix, props.gatewayTargetGroupArnSuffix),
        ...props.pools.map(({ model, targetGroupArnSuffix }) =>
          healthy(`engines ${model}`, props.loadBalancerArnSuffix, targetGroupArnSuffix),
        ),
      ],
    },
    {
      title: "Failed requests",
      unit: "% of requests",
      lines: [
        ...sums("requests", METRICS.requests, all),
        ...sums("theirs", METRICS.clientErrors, all),
        ...sums("ours", METRICS.serverErrors, all),
        { expression: "IF(requests > 0, 100 * theirs / requests, 0)", label: "4xx: the caller's" },
        { expression: "IF(requests > 0, 100 * ours / requests, 0)", label: "5xx: ours" },
      ],
      limit: { label: "alarm", value: ERROR_RATE_LIMIT_PERCENT },
    },
    {
      title: "Errors by cause",
      unit: "errors",
      lines: Object.keys(ERRORS).map((code) => ({
        metric: METRICS.errorsByCode,
        dimensions: { ...all, ErrorCode: code },
        statistic: "Sum",
        label: code,
      })),
    },
    ...(stage
      ? [
          {
            title: "API Gateway: responses",
            unit: "count",
            lines: [
              { metric: METRICS.apiCount, dimensions: stage, statistic: "Sum", label: "requests" },
              { metric: METRICS.api4xx, dimensions: stage, statistic: "Sum", label: "4xx" },
              { metric: METRICS.api5xx, dimensions: stage, statistic: "Sum", label: "5xx" },
            ],
          },
        ]
      : []),
    {
      title: "Clients that left early",
      unit: "count",
      lines: [{ metric: METRICS.clientAborts, dimensions: all, statistic: "Sum", label: "left" }],
    },
    ...(props.hasAuditTrail
      ? [
          {
            title: "Audit events not sealed",
            unit: "organisations",
            lines: [{ metric: METRICS.unsealedChains, dimensions: all, statistic: "Minimum", label: "organisations" }],
            limit: { label: `alarm after ${SEALING_PAUSE_MINUTES} minutes`, value: UNSEALED_CHAINS_LIMIT },
          },
        ]
      : []),
  ];
}

function stageDimensions({ apiStage }: DashboardBodyProps): Readonly<Record<string, string>> | undefined {
  return apiStage && { ApiName: apiStage.apiName, Stage: apiStage.stage };
}

function fastCharts(props: DashboardBodyProps): readonly ChartProps[] {
  const stage = stageDimensions(props);
  const all = { Environment: props.environment };
  const percentiles = (metric: MetricEntry, dimensions: Readonly<Record<string, string>>) =>
    PERCENTILES.map((statistic): ChartLine => ({ metric, dimensions, statistic, label: statistic }));
  return [
    {
      title: "Latency",
      unit: "ms",
      lines: percentiles(METRICS.latency, all),
      limit: { label: "alarm on p99", value: LATENCY_P99_LIMIT_MS },
    },
    { title: "Time to first token", unit: "ms", lines: percentiles(METRICS.timeToFirstToken, all) },
    { title: "Time per output token", unit: "ms", lines: percentiles(METRICS.timePerOutputToken, all) },
    {
      title: "Latency p95 by model and route",
      unit: "ms",
      lines: props.pools.flatMap(({ model }) =>
        ROUTES.map((route) => ({
          metric: METRICS.latency,
          dimensions: { ...all, Model: model, Route: route },
          statistic: "p95",
          label: `${model} ${route}`,
        })),
      ),
    },
    ...(stage ? [{ title: "API Gateway: latency", unit: "ms", lines: percentiles(METRICS.apiLatency, stage) }] : []),
  ];
}

function fullCharts(props: DashboardBodyProps): readonly ChartProps[] {
  const { environment: Environment, pools } = props;
  const all = { Environment };
  const perModel = (metric: MetricEntry, statistic: string, what = "") =>
    pools.map(
      ({ model }): ChartLine => ({
        metric,
        dimensions: { Environment, Model: model },
        statistic,
        label: what === "" ? model : `${model} ${what}`,
      }),
    );
  return [
    { title: "Requests per second", unit: "1/s", lines: rate("requests", METRICS.requests, all, "requests") },
    {
      title: "Tokens per second",
      unit: "1/s",
      lines: [
        ...rate("prompt", METRICS.promptTokens, all, "prompt"),
        ...rate("completion", METRICS.completionTokens, all, "generated"),
      ],
    },
    {
      title: "Saturation of the engines",
      unit: "% of capacity",
      max: 100,
      lines: pools.flatMap(({ model }, index): readonly (ChartLine | ComputedLine)[] => [
        ...sums(`requests${index}`, METRICS.engineRequests, { Environment, Model: model }),
        {
          metric: METRICS.engineCapacity,
          dimensions: { Environment, Model: model },
          statistic: "Average",
          label: `capacity ${model}`,
          id: `capacity${index}`,
          isHidden: true,
        },
        { expression: saturationExpression(`requests${index}`, `capacity${index}`), label: model },
      ]),
      limit: { label: "alarm", value: SATURATION_LIMIT_PERCENT },
    },
    {
      title: "Requests at one engine",
      unit: "most at once",
      lines: [
        ...perModel(METRICS.requestsRunning, "Maximum", "running"),
        ...perModel(METRICS.requestsWaiting, "Maximum", "waiting"),
      ],
    },
    {
      title: "Requests that wait at one gateway",
      unit: "most at once",
      lines: perModel(METRICS.queueDepth, "Maximum"),
    },
    {
      title: "Oldest request that waits at a gateway",
      unit: "s",
      lines: perModel(METRICS.queueAge, "Maximum"),
      limit: { label: "alarm", value: QUEUE_AGE_LIMIT_SECONDS },
    },
    { title: "KV cache in use", unit: "share", max: 1, lines: perModel(METRICS.kvCacheUsage, "Average") },
    {
      title: "GPU utilisation",
      unit: "%",
      max: 100,
      lines: pools.map(({ model, autoScalingGroupName }) => ({
        metric: METRICS.gpuUtilization,
        dimensions: { AutoScalingGroupName: autoScalingGroupName },
        statistic: "Average",
        label: model,
      })),
      limit: { label: "adds an engine", value: GPU_UTILIZATION_SCALING.scaleOut.thresholdPercent },
    },
    {
      title: "Requests in progress on one gateway",
      unit: "most at once",
      lines: [{ metric: METRICS.inFlight, dimensions: all, statistic: "Maximum", label: "in progress" }],
    },
    { title: "Engines that gateways can use", unit: "engines", lines: perModel(METRICS.readyEngines, "Minimum") },
  ];
}
