import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import { GATEWAY_METRICS_WINDOW_SECONDS, METRICS } from "../../contracts/metrics/catalogue.ts";
import { createAlarm } from "./alarm.ts";
import { QUEUE_AGE_LIMIT_SECONDS, SATURATION_LIMIT_PERCENT } from "./alarm-limits.ts";
import { createNoHealthyHostAlarm } from "./healthy-hosts-alarm.ts";
import { createSlowStartAlarm } from "./slow-start-alarm.ts";

/** A pool that alarms watch. */
export interface WatchedPool {
  /** Public name of the model. */
  readonly model: string;
  readonly targetGroupArnSuffix: string;
  /** Requests that may wait on one engine. */
  readonly maxQueued: number;
  readonly startupSeconds: number;
  /** Auto Scaling group of the engines. */
  readonly groupName: string;
}

export interface PoolAlarmsProps {
  /** Start of the alarms' names. */
  readonly name: string;
  /** Dimension of our own metrics. */
  readonly environment: string;
  readonly topicArn: string;
  /** Load balancer of the engines. */
  readonly loadBalancerArnSuffix: string;
  readonly pools: readonly WatchedPool[];
}

type Alarms = readonly CloudwatchMetricAlarm[];

/** For each pool: no healthy engine, a full pool, a long queue, requests that wait too long, engines that start too slowly. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a table of alarms
export function createPoolAlarms(
  scope: Construct,
  props: PoolAlarmsProps,
): Readonly<Record<"noEngine" | "full" | "queues" | "ages" | "slowStarts", Alarms>> {
  const { name, topicArn, pools } = props;
  const Environment = props.environment;
  const perMinute = { periodSeconds: 60, topicArn } as const;
  const noEngine = pools.map(({ model, targetGroupArnSuffix }) =>
    createNoHealthyHostAlarm(namespace(scope, "NoEngine"), model, {
      name: `${name}-no-engine-${model}`,
      says: `No engine of ${model} passes the load balancer's health check: its requests get 503.`,
      page: "No healthy engine",
      loadBalancer: props.loadBalancerArnSuffix,
      targetGroup: targetGroupArnSuffix,
      topicArn,
    }),
  );
  const full = pools.map(({ model }) =>
    createAlarm(namespace(scope, "Saturation"), model, {
      ...perMinute,
      name: `${name}-saturation-${model}`,
      says: `The engines of ${model} are over ${SATURATION_LIMIT_PERCENT} % full: soon requests get 503.`,
      page: "Saturation",
      watches: {
        expression: saturationExpression("requests", "capacity"),
        series: {
          requests: { metric: METRICS.engineRequests, dimensions: { Environment, Model: model }, statistic: "Sum" },
          capacity: {
            metric: METRICS.engineCapacity,
            dimensions: { Environment, Model: model },
            statistic: "Average",
          },
        },
      },
      comparison: "GreaterThanThreshold",
      threshold: SATURATION_LIMIT_PERCENT,
      periods: 5,
      missingData: "notBreaching",
    }),
  );
  const queues = pools
    .filter(({ maxQueued }) => maxQueued > 0)
    .map(({ model, maxQueued }) =>
      createAlarm(namespace(scope, "Queue"), model, {
        ...perMinute,
        name: `${name}-queue-${model}`,
        says: `On an engine of ${model} half of the queue is taken: responses start late.`,
        page: "Queue",
        watches: {
          metric: METRICS.requestsWaiting,
          dimensions: { Environment, Model: model },
          statistic: "Maximum",
        },
        comparison: "GreaterThanOrEqualToThreshold",
        threshold: Math.max(1, Math.ceil(maxQueued / 2)),
        periods: 3,
        missingData: "notBreaching",
      }),
    );
  const ages = pools.map(({ model }) =>
    createAlarm(namespace(scope, "QueueAge"), model, {
      ...perMinute,
      name: `${name}-queue-age-${model}`,
      says: `A request for ${model} has waited over ${QUEUE_AGE_LIMIT_SECONDS} s at a gateway: no engine has had a free slot for it.`,
      page: "Queue age",
      watches: { metric: METRICS.queueAge, dimensions: { Environment, Model: model }, statistic: "Maximum" },
      comparison: "GreaterThanThreshold",
      threshold: QUEUE_AGE_LIMIT_SECONDS,
      periods: 3,
      missingData: "notBreaching",
    }),
  );
  const slowStarts = pools.map(({ model, groupName, startupSeconds }) =>
    createSlowStartAlarm(namespace(scope, "SlowStart"), model, {
      name: `${name}-slow-start-${model}`,
      model,
      groupName,
      startupSeconds,
      topicArn,
    }),
  );
  return { noEngine, full, queues, ages, slowStarts };
}

/**
 * Share of a pool's capacity in use, in percent. Every gateway gives one sample per window, so the sum over a period
 * is the fleet's requests times the windows in it.
 */
export function saturationExpression(requests: string, capacity: string): string {
  const windows = `(PERIOD(${requests}) / ${GATEWAY_METRICS_WINDOW_SECONDS})`;
  return `IF(${capacity} > 0, 100 * ${requests} / ${windows} / ${capacity}, 0)`;
}

function namespace(scope: Construct, id: string): Construct {
  const existing = scope.node.tryFindChild(id);
  return existing instanceof Construct ? existing : new Construct(scope, id);
}
