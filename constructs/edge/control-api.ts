import { Construct } from "constructs";
import { CONTROL_PATHS } from "../../contracts/control/operations/paths.ts";
import { KEY_ALIAS } from "../../contracts/control/outer-paths.ts";
import { CHATS_ALIAS } from "../../contracts/history/chats.ts";
import { functionEntry } from "../../contracts/processes/function-entry.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import type { EnvironmentRetention } from "../../contracts/retention/retention.ts";
import type { Environment } from "../../settings/environment.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import { scheduleFunction } from "../compute/schedule-function.ts";
import type { BatchStorage } from "../data/batch-storage.ts";
import type { ControlTable } from "../data/control-table.ts";
import type { HistoryStore } from "../data/history-store.ts";
import type { KeysTable } from "../data/keys-table.ts";
import type { ResponsesTable } from "../data/responses-table.ts";
import type { UsageStore } from "../data/usage-store.ts";
import { type RoutedFunctionProps, routeToFunction, routeToTargets } from "../load-balancing/function-route.ts";

/** `bundle` is `administer.zip`. */
export interface ControlApiProps extends RoutedFunctionProps {
  readonly table: ControlTable;
  /** Of keys for models, which service accounts get. */
  readonly keysTable: KeysTable;
  /** Usage plan of these keys. */
  readonly keyPlan: string;
  /** How members of projects make keys for themselves; null: they make none. */
  readonly memberKeys: Environment["api"]["memberKeys"];
  /** Public names of the models and routes of the environment file. */
  readonly models: readonly string[];
  /** Its tiers by name. */
  readonly tiers: Environment["api"]["tiers"];
  /** Sums of usage. @default - the environment stores none */
  readonly usageStore: UsageStore | undefined;
  /** The history of generations. @default - the environment stores none */
  readonly historyStore: HistoryStore | undefined;
  /** Stored responses, which an erasure deletes. @default - the environment stores none */
  readonly responsesTable: ResponsesTable | undefined;
  /** Files and batches, which an erasure deletes. @default - the environment has none */
  readonly batchStorage: BatchStorage | undefined;
  /** Days for which the environment stores each class of data. */
  readonly retention: EnvironmentRetention;
  /** The mail addresses that get the notices of the environment. */
  readonly mailReceivers: readonly string[];
  /** Beginning of the names of the environment's resources, its alarms among them. */
  readonly resourceName: string;
  /** Name of the topic to which the environment's alarms send. */
  readonly alarmTopicName: string;
  /** Id of the operator's organisation. */
  readonly organization: string;
  /** Origins whose pages may call it, `*` for all; empty where there is no console. */
  readonly corsOrigins: readonly string[];
}

/** A scheduled run takes 45 seconds, and the calls of its last work some more. A request ends itself after 8 seconds of work. */
const TIMEOUT_SECONDS = 58;

/**
 * The control API: a function behind the gateways' load balancer, which sends it the requests of its paths. So every entry
 * has it: API Gateway, which passes these paths on, and load balancers. The function checks admin keys itself.
 */
export class ControlApi extends Construct {
  constructor(
    scope: Construct,
    id: string,
    {
      table,
      keysTable,
      keyPlan,
      memberKeys,
      models,
      tiers,
      usageStore,
      historyStore,
      responsesTable,
      batchStorage,
      retention,
      resourceName,
      alarmTopicName,
      organization,
      mailReceivers,
      corsOrigins,
      listenerArn,
      stage,
      ...props
    }: ControlApiProps,
  ) {
    super(scope, id);
    const handler = new BundledFunction(this, "Function", {
      ...props,
      statements: [
        ...table.changeStatements(),
        table.secretStatement("Encrypt"),
        ...keysTable.changeStatements(),
        ...(usageStore?.correctStatements() ?? []),
        ...(historyStore?.readStatements() ?? []),
        ...(responsesTable?.eraseStatements() ?? []),
        ...(batchStorage?.eraseStatements() ?? []),
        {
          Sid: "ReadAlarms",
          purpose: "It shows operators the state of the environment's alarms.",
          Effect: "Allow",
          Action: ["cloudwatch:DescribeAlarms"],
          Resource: ["*"],
          reason: "AWS returns composite alarms only where the permission is for all of them.",
        },
      ],
      environment: {
        [ENV.controlTable]: table.tableName,
        [ENV.keysTable]: keysTable.tableName,
        [ENV.keyPlan]: keyPlan,
        ...(memberKeys === null ? {} : { [ENV.memberKeys]: JSON.stringify(memberKeys) }),
        ...(usageStore
          ? {
              [ENV.usageTable]: usageStore.tableName,
              [ENV.usageBucket]: usageStore.bucketName,
              [ENV.usageRetention]: String(usageStore.retentionDays),
            }
          : {}),
        ...(historyStore
          ? { [ENV.historyTable]: historyStore.tableName, [ENV.subjectKeysTable]: historyStore.keysTableName }
          : {}),
        ...(responsesTable ? { [ENV.responsesTable]: responsesTable.tableName } : {}),
        ...(batchStorage
          ? { [ENV.batchesTable]: batchStorage.tableName, [ENV.filesBucket]: batchStorage.bucketName }
          : {}),
        [ENV.retention]: JSON.stringify(retention),
        [ENV.organization]: organization,
        [ENV.resourceName]: resourceName,
        [ENV.alarmTopic]: alarmTopicName,
        [ENV.secretsKey]: table.secretsKeyArn,
        ...modelsAndTiers(publicModels(models), tiers),
        ...(mailReceivers.length > 0 ? { [ENV.mailReceivers]: JSON.stringify(mailReceivers) } : {}),
        [ENV.functionEntry]: functionEntry(stage),
        ...(corsOrigins.length > 0 ? { [ENV.corsOrigins]: JSON.stringify(corsOrigins) } : {}),
      },
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    // With and without the last slash; a listener takes at most five patterns.
    const paths = CONTROL_PATHS.map((start) => `${start === KEY_ALIAS ? start.slice(0, -1) : start}*`);
    const targets = routeToFunction(this, { name: props.name, handler, listenerArn, paths, stage });
    if (historyStore) routeToTargets(this, "HistoryRule", { listenerArn, stage, targets, paths: [`${CHATS_ALIAS}*`] });
    scheduleFunction(new Construct(this, "Pending"), handler.resource, {
      name: `${props.name}-pending`,
      description: "Goes on with erasures, legal holds, and changes of retention.",
      expression: "rate(1 minute)",
      ids: { rule: "EachMinute", permission: "MayBeCalled" },
    });
  }
}

/** Of the 4 KB that Lambda has for all variables of a function. */
const MAX_MODELS_CHARACTERS = 3000;

function publicModels(models: readonly string[]): string {
  const value = JSON.stringify(models);
  if (value.length <= MAX_MODELS_CHARACTERS) return value;
  throw new Error(
    `The names of the ${models.length} pools and routes have ${value.length} characters, and the control API's function takes at most ${MAX_MODELS_CHARACTERS}; add some routes with sluice routes, while the environment runs, in place of its file.`,
  );
}

/** Names of models and tiers, and the tiers' limits where the names leave room for them. */
function modelsAndTiers(models: string, tiers: ControlApiProps["tiers"]): Readonly<Record<string, string>> {
  const names = Object.keys(tiers);
  if (names.length === 0) return { [ENV.publicModels]: models };
  const limits = JSON.stringify(Object.fromEntries(names.map((name) => [name, tiers[name]?.limits])));
  const tierNames = JSON.stringify(names);
  const characters = models.length + tierNames.length + limits.length;
  return {
    [ENV.publicModels]: models,
    [ENV.tiers]: tierNames,
    ...(characters <= MAX_MODELS_CHARACTERS ? { [ENV.tierLimits]: limits } : {}),
  };
}
