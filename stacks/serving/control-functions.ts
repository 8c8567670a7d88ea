import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { AuditSealer } from "../../constructs/audit/audit-sealer.ts";
import { ControlApi } from "../../constructs/edge/control-api.ts";
import { TokenExchange } from "../../constructs/edge/token-exchange.ts";
import { ANONYMOUS_PLAN, DEFAULT_PLAN } from "../../contracts/processes/auth.ts";
import { alarmTopicName, auditSealerName } from "../../contracts/processes/names.ts";
import { DEFAULT_ORGANIZATION } from "../../contracts/processes/people.ts";
import { hasBrowserSessions, tokenExchangePaths } from "../../contracts/processes/token-exchange.ts";
import { environmentRetention } from "../../domain/retention/environment-retention.ts";
import type { Environment } from "../../settings/environment.ts";
import { resourceName } from "../stack-settings.ts";
import type { deployedIdentity } from "../user-pool-identity.ts";
import type { FunctionProps } from "./function-props.ts";

export interface ControlFunctionsProps extends FunctionProps {
  /** Of the gateways' load balancer, which calls the functions. @default - none of them is called */
  readonly listenerArn: string | undefined;
}

/** The control API, where the environment has one. */
export function controlApi(
  stack: TerraformStack,
  { environment, data, lambdas, listenerArn }: ControlFunctionsProps,
): void {
  const { controlTable } = data;
  const { api } = environment;
  const name = resourceName(environment);
  if (controlTable && listenerArn !== undefined)
    new ControlApi(stack, "ControlApi", {
      name: `${name}-administer`,
      bundle: join(lambdas, "administer.zip"),
      table: controlTable,
      keysTable: data.keysTable,
      keyPlan: keyPlan(api.usagePlans),
      memberKeys: api.memberKeys,
      usageStore: data.usageStore,
      historyStore: data.historyStore,
      responsesTable: data.responsesTable,
      batchStorage: data.batchStorage,
      retention: environmentRetention(environment),
      resourceName: name,
      alarmTopicName: alarmTopicName(environment.name),
      organization: environment.identity.people?.organization ?? DEFAULT_ORGANIZATION,
      tiers: api.tiers,
      mailReceivers: environment.usage === null ? [] : environment.alarms.emails,
      models: [...Object.keys(environment.pools), ...Object.keys(environment.routes)],
      listenerArn,
      stage: api.entry === "api-gateway" ? api.stage : undefined,
      corsOrigins: environment.site.console === "on" ? api.corsOrigins : [],
      logRetentionDays: environment.logRetentionDays,
      kmsKeyArn: data.encryptionKey.arn,
    });
}

/** The function that seals the audit log, where there is a store of sealed logs. */
export function auditSealer(stack: TerraformStack, { environment, data, lambdas }: FunctionProps): void {
  const { controlTable, auditStore } = data;
  if (controlTable && auditStore)
    new AuditSealer(stack, "AuditSealer", {
      name: auditSealerName(environment.name),
      environment: environment.name,
      bundle: join(lambdas, "seal-audit.zip"),
      table: controlTable,
      store: auditStore,
      delivery: data.auditDelivery,
      logRetentionDays: environment.logRetentionDays,
      kmsKeyArn: data.encryptionKey.arn,
    });
}

/** The function where workloads and people exchange what their issuer signed for a token of Sluice. */
export function tokenExchange(
  stack: TerraformStack,
  identity: ReturnType<typeof deployedIdentity>,
  { environment, data, lambdas, listenerArn }: ControlFunctionsProps,
): void {
  const { workloads, people } = identity;
  const { api, region } = environment;
  const name = resourceName(environment);
  const hasSessions = hasBrowserSessions(environment);
  if (tokenExchangePaths(environment.identity, hasSessions).length > 0 && listenerArn !== undefined)
    new TokenExchange(stack, "TokenExchange", {
      name: `${name}-exchange-token`,
      bundle: join(lambdas, "exchange-token.zip"),
      workloads,
      people: people ?? undefined,
      hasSessions,
      region,
      keysTable: data.keysTable,
      controlTable: data.controlTable,
      listenerArn,
      stage: api.entry === "api-gateway" ? api.stage : undefined,
      logRetentionDays: environment.logRetentionDays,
      kmsKeyArn: data.encryptionKey.arn,
    });
}

/** The usage plan of keys that the control API makes: the usual one, or the first that is not for callers without a key. */
function keyPlan(plans: Environment["api"]["usagePlans"]): string {
  const names = Object.keys(plans).filter((name) => name !== ANONYMOUS_PLAN);
  return names.includes(DEFAULT_PLAN) ? DEFAULT_PLAN : (names[0] ?? DEFAULT_PLAN);
}
