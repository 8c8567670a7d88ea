import { Construct } from "constructs";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import { scheduleFunction } from "../compute/schedule-function.ts";
import type { ControlTable } from "../data/control-table.ts";
import type { EncryptionKey } from "../data/encryption-key.ts";
import type { KeysTable } from "../data/keys-table.ts";
import type { UsageStore } from "../data/usage-store.ts";

export interface NoticeSenderProps {
  /** Name of function, role, rule and log group. */
  readonly name: string;
  readonly environment: string;
  /** Path of the bundle, `send-notices.zip`. */
  readonly bundle: string;
  readonly table: ControlTable;
  readonly keysTable: KeysTable;
  /** @default - the environment stores none */
  readonly usageStore: UsageStore | undefined;
  /** Id of the operator's organisation. */
  readonly organization: string;
  /** Of the mails. */
  readonly topicArn: string;
  /** Encrypts the topic. */
  readonly encryptionKey: EncryptionKey;
  readonly logRetentionDays: number;
}

/** A run takes 50 seconds at most, and the calls of the last notice some more. */
const TIMEOUT_SECONDS = 59;

/** Tells people each minute which budgets and spend alerts are reached. */
export class NoticeSender extends Construct {
  constructor(scope: Construct, id: string, props: NoticeSenderProps) {
    super(scope, id);
    const { name, bundle, table, keysTable, usageStore, topicArn, encryptionKey, logRetentionDays } = props;
    const { resource: lambda } = new BundledFunction(this, "Function", {
      name,
      bundle,
      environment: {
        [ENV.environment]: props.environment,
        [ENV.controlTable]: table.tableName,
        [ENV.keysTable]: keysTable.tableName,
        ...(usageStore ? { [ENV.usageTable]: usageStore.tableName } : {}),
        [ENV.organization]: props.organization,
        [ENV.noticesTopic]: topicArn,
        [ENV.secretsKey]: table.secretsKeyArn,
      },
      timeoutSeconds: TIMEOUT_SECONDS,
      logRetentionDays,
      kmsKeyArn: encryptionKey.arn,
      statements: [
        ...table.noticeStatements(),
        table.secretStatement("Decrypt"),
        keysTable.ownerStatement(),
        ...(usageStore?.noticeStatements() ?? []),
        {
          Sid: "SendNotices",
          purpose: "The function mails notices to the receivers of alarms.",
          Effect: "Allow",
          Action: ["sns:Publish"],
          Resource: [topicArn],
        },
        encryptionKey.publishStatement(),
      ],
    });
    scheduleFunction(this, lambda, {
      name,
      description: "Sends the notices of the last minute.",
      expression: "rate(1 minute)",
      ids: { rule: "EachMinute", permission: "MayBeCalled" },
    });
  }
}
