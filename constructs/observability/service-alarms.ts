import { CloudwatchCompositeAlarm } from "@cdktf/provider-aws/lib/cloudwatch-composite-alarm/index.js";
import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { createAlarm } from "./alarm.ts";
import {
  ERROR_RATE_LIMIT_PERCENT,
  LATENCY_P99_LIMIT_MS,
  SEALING_PAUSE_MINUTES,
  UNSEALED_CHAINS_LIMIT,
} from "./alarm-limits.ts";
import { createFunctionAlarms, type WatchedFunction } from "./function-alarms.ts";
import { createNoHealthyHostAlarm } from "./healthy-hosts-alarm.ts";
import { createPoolAlarms, type WatchedPool } from "./pool-alarms.ts";
import { runbookLink } from "./runbook.ts";
import { createStreamAlarm, type WatchedStream } from "./stream-alarm.ts";
import { createHistoryAlarm, createUsageAlarms } from "./usage-alarms.ts";

export interface ServiceAlarmsProps {
  /** Start of the alarms' names. */
  readonly name: string;
  /** Dimension of our own metrics. */
  readonly environment: string;
  readonly topicArn: string;
  /** Load balancer of the engines. */
  readonly loadBalancerArnSuffix: string;
  /** Load balancer of the gateways. */
  readonly gatewayLoadBalancerArnSuffix: string;
  readonly gatewayTargetGroupArnSuffix: string;
  readonly pools: readonly WatchedPool[];
  /** Certificate of the load balancer's HTTPS listener. */
  readonly certificateArn: string;
  /** The forecast's expected cost. */
  readonly expectedUsdPerHour: number;
  /** Whether there are batches. */
  readonly hasBatches: boolean;
  /** Whether audit events are sealed. */
  readonly hasAuditTrail: boolean;
  /** Whether usage events, quotas and budgets are counted. */
  readonly hasUsage: boolean;
  /** Whether the history of generations is stored. */
  readonly hasHistory: boolean;
  /** The delivery stream of audit events to a SIEM. @default - there is none */
  readonly auditStream: WatchedStream | undefined;
  /** Scheduled functions that must not fail. */
  readonly functions: readonly WatchedFunction[];
}

/** Below this many requests a minute, an error rate means nothing. */
const ERROR_MIN_REQUESTS = 20;
/** ACM renews certificates 60 days before their end; at 30 days the renewal has failed for a month. */
const CERTIFICATE_DAYS = 30;
/** Long enough that a busy afternoon rings no alarm. */
const COST_HOURS = 12;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** The alarms of an environment: each description has the problem and a link to its section in docs/operations.md. */
export class ServiceAlarms extends Construct {
  /** All of them, the summary first. */
  readonly arns: readonly string[];

  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: a table of alarms
  constructor(scope: Construct, id: string, props: ServiceAlarmsProps) {
    super(scope, id);
    const { name, topicArn } = props;
    const Environment = props.environment;
    const perMinute = { periodSeconds: MINUTE, topicArn } as const;

    const latency = createAlarm(this, "Latency", {
      ...perMinute,
      name: `${name}-latency`,
      says: `One request in a hundred takes longer than ${LATENCY_P99_LIMIT_MS / 1000} seconds.`,
      page: "Latency p99 over 5 seconds",
      watches: { metric: METRICS.latency, dimensions: { Environment }, statistic: "p99" },
      comparison: "GreaterThanThreshold",
      threshold: LATENCY_P99_LIMIT_MS,
      periods: 3,
      breaches: 2, // a single minute may be one long request
      missingData: "notBreaching",
    });
    const errors = createAlarm(this, "ErrorRate", {
      ...perMinute,
      name: `${name}-error-rate`,
      says: `More than ${ERROR_RATE_LIMIT_PERCENT} % of the requests fail on our side.`,
      page: "Error rate",
      watches: {
        expression: `IF(requests >= ${ERROR_MIN_REQUESTS}, 100 * errors / requests, 0)`,
        series: {
          requests: { metric: METRICS.requests, dimensions: { Environment }, statistic: "Sum" },
          errors: { metric: METRICS.serverErrors, dimensions: { Environment }, statistic: "Sum" },
        },
      },
      comparison: "GreaterThanThreshold",
      threshold: ERROR_RATE_LIMIT_PERCENT,
      periods: 5,
      breaches: 3,
      missingData: "notBreaching",
    });
    const noGateway = createNoHealthyHostAlarm(this, "NoGateway", {
      topicArn,
      name: `${name}-no-gateway`,
      says: "No gateway passes the load balancer's health check: every request fails.",
      page: "No healthy gateway",
      loadBalancer: props.gatewayLoadBalancerArnSuffix,
      targetGroup: props.gatewayTargetGroupArnSuffix,
    });
    const { noEngine, full, queues, ages, slowStarts } = createPoolAlarms(this, props);
    const certificate = createAlarm(this, "Certificate", {
      name: `${name}-certificate`,
      says: `The load balancer's certificate ends in less than ${CERTIFICATE_DAYS} days.`,
      page: "Certificate",
      watches: {
        metric: METRICS.certificateDays,
        dimensions: { CertificateArn: props.certificateArn },
        statistic: "Minimum",
      },
      periodSeconds: DAY, // ACM counts twice a day
      comparison: "LessThanThreshold",
      threshold: CERTIFICATE_DAYS,
      periods: 1,
      missingData: "notBreaching",
      topicArn,
    });
    const cost = createAlarm(this, "Cost", {
      name: `${name}-cost`,
      says: `For ${COST_HOURS} hours the environment has cost more than its forecast expects.`,
      page: "Cost above forecast",
      watches: { metric: METRICS.hourlyCost, dimensions: { Environment }, statistic: "Average" },
      periodSeconds: HOUR,
      comparison: "GreaterThanThreshold",
      threshold: Number(props.expectedUsdPerHour.toFixed(2)),
      periods: COST_HOURS,
      missingData: "notBreaching",
      topicArn,
    });
    const deadLetters = !props.hasBatches
      ? []
      : [
          createAlarm(this, "BatchDeadLetters", {
            name: `${name}-batch-dead-letters`,
            says: "Work of a batch was abandoned after many attempts.",
            page: "Batch dead letters",
            watches: { metric: METRICS.deadLetters, dimensions: { Environment }, statistic: "Sum" },
            periodSeconds: 5 * MINUTE,
            comparison: "GreaterThanThreshold",
            threshold: 0,
            periods: 1,
            missingData: "notBreaching", // it is written only when there is one
            topicArn,
          }),
        ];
    // With the control API the notices of budgets name them.
    const budgets =
      !props.hasUsage || props.hasAuditTrail
        ? []
        : [
            createAlarm(this, "BudgetAlerts", {
              ...perMinute,
              name: `${name}-budget-alerts`,
              says: "A budget of a project, key, user or the organisation has reached 50, 80, 90 or 100 %.",
              page: "Budget alerts",
              watches: { metric: METRICS.budgetAlerts, dimensions: { Environment }, statistic: "Sum" },
              comparison: "GreaterThanThreshold",
              threshold: 0,
              periods: 1,
              missingData: "notBreaching", // it is written only when there is one
            }),
          ];
    const audit = !props.hasAuditTrail
      ? []
      : [
          createAlarm(this, "AuditNotSealed", {
            ...perMinute,
            name: `${name}-audit-not-sealed`,
            says: `For ${SEALING_PAUSE_MINUTES} minutes audit events were not sealed.`,
            page: "Audit events not sealed",
            // A run that Lambda repeats writes a second value: one that sealed everything is enough.
            watches: { metric: METRICS.unsealedChains, dimensions: { Environment }, statistic: "Minimum" },
            comparison: "GreaterThanOrEqualToThreshold",
            threshold: UNSEALED_CHAINS_LIMIT,
            periods: SEALING_PAUSE_MINUTES,
            missingData: "breaching", // each run writes a value: none ran, or none reached its end
          }),
        ];
    const usage = props.hasUsage ? createUsageAlarms(this, props) : [];
    const history = props.hasHistory ? [createHistoryAlarm(this, props)] : [];
    const down = new CloudwatchCompositeAlarm(this, "Down", {
      alarmName: `${name}-down`,
      alarmDescription: `The service is down: every request fails. See ${runbookLink("Service is down")}`,
      alarmRule: [
        ringing(noGateway),
        ...(noEngine.length > 0 ? [`(${noEngine.map(ringing).join(" AND ")})`] : []),
      ].join(" OR "),
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
    const alarms = [
      noGateway,
      ...noEngine,
      errors,
      latency,
      ...full,
      ...queues,
      ...ages,
      ...slowStarts,
      certificate,
      cost,
      ...deadLetters,
      ...audit,
      ...budgets,
      ...usage,
      ...history,
      ...(props.auditStream ? [createStreamAlarm(this, props, props.auditStream)] : []),
      ...createFunctionAlarms(this, props, props.functions),
    ];
    this.arns = [down.arn, ...alarms.map(({ arn }) => arn)];
  }
}

/** By reference, so that the composite alarm is created after its alarms. */
function ringing({ alarmName }: CloudwatchMetricAlarm): string {
  return `ALARM("${alarmName}")`;
}
