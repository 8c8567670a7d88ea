import { join } from "node:path";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { StripeReporter } from "../constructs/billing/stripe-reporter.ts";
import { CostPublisher } from "../constructs/cost/cost-publisher.ts";
import { expectedUsdPerHour } from "../constructs/cost/expected-cost.ts";
import { MonthlyBudget } from "../constructs/cost/monthly-budget.ts";
import { AlarmTopic } from "../constructs/observability/alarm-topic.ts";
import { Dashboard } from "../constructs/observability/dashboard.ts";
import type { WatchedFunction } from "../constructs/observability/function-alarms.ts";
import { NoticeSender } from "../constructs/observability/notice-sender.ts";
import { ServiceAlarms } from "../constructs/observability/service-alarms.ts";
import { alarmTopicName, auditSealerName, dashboardUrl } from "../contracts/processes/names.ts";
import { DEFAULT_ORGANIZATION } from "../contracts/processes/people.ts";
import type { Environment } from "../settings/environment.ts";
import type { DataStack } from "./data-stack.ts";
import type { ServingStack } from "./serving-stack.ts";
import { configureStack, resourceName, stackId } from "./stack-settings.ts";

export interface MonitoringStackProps {
  readonly environment: Environment;
  readonly data: DataStack;
  readonly serving: ServingStack;
  /** Folder of the Lambda bundles. */
  readonly lambdas: string;
}

/** Alarms, their topic with its subscriptions, and the dashboard. */
export class MonitoringStack extends TerraformStack {
  readonly alarmTopic: AlarmTopic;

  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: a declaration of resources
  constructor(scope: Construct, { environment, data, serving, lambdas }: MonitoringStackProps) {
    super(scope, stackId(environment, "monitoring"));
    configureStack(this, environment, "monitoring");
    const name = resourceName(environment);
    const { pools, loadBalancer, gatewayTargets } = serving;
    this.alarmTopic = new AlarmTopic(this, "AlarmTopic", {
      name: alarmTopicName(environment.name),
      kmsKeyArn: data.encryptionKey.arn,
      ...environment.alarms,
    });
    const alarms = new ServiceAlarms(this, "Alarms", {
      name,
      environment: environment.name,
      topicArn: this.alarmTopic.arn,
      loadBalancerArnSuffix: loadBalancer.resource.arnSuffix,
      gatewayLoadBalancerArnSuffix: serving.gatewayLoadBalancerArnSuffix,
      gatewayTargetGroupArnSuffix: gatewayTargets.resource.arnSuffix,
      pools: pools.map(({ servedName, targetGroupArnSuffix }) => ({
        model: servedName,
        targetGroupArnSuffix,
        maxQueued: environment.pools[servedName]?.maxQueued ?? 0,
        startupSeconds: environment.pools[servedName]?.startupSeconds ?? 0,
        groupName: `${name}-engine-${servedName}`,
      })),
      certificateArn: serving.certificateArn,
      hasBatches: environment.batches !== null,
      hasAuditTrail: environment.api.controlApi,
      hasUsage: environment.usage !== null,
      hasHistory: environment.history !== null,
      auditStream:
        data.auditDelivery && environment.api.auditStream
          ? { streamName: data.auditDelivery.streamName, to: environment.api.auditStream.to }
          : undefined,
      functions: watchedFunctions(environment),
      expectedUsdPerHour: expectedUsdPerHour(environment),
    });
    new Dashboard(this, "Dashboard", {
      name,
      region: environment.region,
      environment: environment.name,
      alarmArns: alarms.arns,
      loadBalancerArnSuffix: loadBalancer.resource.arnSuffix,
      gatewayLoadBalancerArnSuffix: serving.gatewayLoadBalancerArnSuffix,
      gatewayTargetGroupArnSuffix: gatewayTargets.resource.arnSuffix,
      pools: pools.map(({ servedName, targetGroupArnSuffix }) => ({
        model: servedName,
        autoScalingGroupName: `${name}-engine-${servedName}`,
        targetGroupArnSuffix,
      })),
      hasAuditTrail: environment.api.controlApi,
      ...(environment.api.entry === "api-gateway" ? { apiStage: { apiName: name, stage: environment.api.stage } } : {}),
    });

    new CostPublisher(this, "Cost", {
      name: `${name}-publish-cost`,
      bundle: join(lambdas, "publish-cost.zip"),
      environment,
      logRetentionDays: environment.logRetentionDays,
      kmsKeyArn: data.encryptionKey.arn,
    });
    this.#notices({ environment, data, lambdas });
    this.#billing({ environment, data, lambdas });
    if (environment.budget) {
      new MonthlyBudget(this, "Budget", {
        name,
        monthlyUsd: environment.budget.monthlyUsd,
        environment: environment.name,
        topicArn: this.alarmTopic.arn,
      });
    }

    new TerraformOutput(this, "dashboard_url", {
      description: "Address of the dashboard.",
      value: dashboardUrl(environment.region, name),
    });
    new TerraformOutput(this, "alarm_topic_arn", {
      description: "SNS topic that every alarm tells.",
      value: this.alarmTopic.arn,
    });
  }

  #billing({ environment, data, lambdas }: Omit<MonitoringStackProps, "serving">): void {
    const { billing, region, logRetentionDays } = environment;
    if (!billing || !data.controlTable || !data.usageStore) return;
    new StripeReporter(this, "Stripe", {
      name: `${resourceName(environment)}-report-stripe`,
      bundle: join(lambdas, "report-stripe.zip"),
      region,
      stripe: billing.stripe,
      table: data.controlTable,
      usageStore: data.usageStore,
      organization: environment.identity.people?.organization ?? DEFAULT_ORGANIZATION,
      logRetentionDays,
      kmsKeyArn: data.encryptionKey.arn,
    });
  }

  /** Of limits and spend, which the control API alone sets. */
  #notices({ environment, data, lambdas }: Omit<MonitoringStackProps, "serving">): void {
    if (!data.controlTable) return;
    new NoticeSender(this, "Notices", {
      name: `${resourceName(environment)}-send-notices`,
      environment: environment.name,
      bundle: join(lambdas, "send-notices.zip"),
      table: data.controlTable,
      keysTable: data.keysTable,
      usageStore: data.usageStore,
      organization: environment.identity.people?.organization ?? DEFAULT_ORGANIZATION,
      topicArn: this.alarmTopic.arn,
      encryptionKey: data.encryptionKey,
      logRetentionDays: environment.logRetentionDays,
    });
  }
}

function watchedFunctions(environment: Environment): readonly WatchedFunction[] {
  const name = resourceName(environment);
  return [
    ...(environment.api.controlApi ? [{ does: "erasures", functionName: `${name}-administer` } as const] : []),
    ...(environment.api.controlApi ? [{ does: "notices", functionName: `${name}-send-notices` } as const] : []),
    ...(environment.api.controlApi && environment.api.auditStream
      ? [{ does: "stream", functionName: auditSealerName(environment.name) } as const]
      : []),
    ...(environment.usage?.athena ? [{ does: "parquet", functionName: `${name}-archive-usage` } as const] : []),
    ...(environment.billing ? [{ does: "stripe", functionName: `${name}-report-stripe` } as const] : []),
  ];
}
