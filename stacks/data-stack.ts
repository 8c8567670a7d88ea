import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AuditDelivery } from "../constructs/audit/audit-delivery.ts";
import { AuditStore } from "../constructs/audit/audit-store.ts";
import { ShellAccess } from "../constructs/compute/shell-access.ts";
import { ArtefactStore } from "../constructs/data/artefact-store.ts";
import { BatchStorage } from "../constructs/data/batch-storage.ts";
import { ControlTable } from "../constructs/data/control-table.ts";
import { EncryptionKey } from "../constructs/data/encryption-key.ts";
import { HistoryStore } from "../constructs/data/history-store.ts";
import { KeysTable } from "../constructs/data/keys-table.ts";
import { ResponsesTable } from "../constructs/data/responses-table.ts";
import { RoutesTable } from "../constructs/data/routes-table.ts";
import { UsageStore } from "../constructs/data/usage-store.ts";
import { UsageTables } from "../constructs/data/usage-tables.ts";
import { UserPool } from "../constructs/identity/user-pool.ts";
import { LoadBalancerLogs } from "../constructs/load-balancing/load-balancer-logs.ts";
import { ProcessLogs } from "../constructs/observability/process-logs.ts";
import {
  batchesTableName,
  controlTableName,
  historyTableName,
  keysTableName,
  responsesTableName,
  routesTableName,
  subjectKeysTableName,
  usageDatabaseName,
  usageTableName,
} from "../contracts/processes/names.ts";
import { callbackUrls } from "../domain/people/callback-urls.ts";
import type { Environment } from "../settings/environment.ts";
import { configureStack, resourceName, stackId } from "./stack-settings.ts";

/** Resources that outlive all others: keys, changed routes and artefacts, and their encryption keys. */
export class DataStack extends TerraformStack {
  readonly encryptionKey: EncryptionKey;
  readonly keysTable: KeysTable;
  readonly routesTable: RoutesTable;
  readonly artefacts: ArtefactStore;
  /** `undefined` where responses are not stored. */
  readonly responsesTable: ResponsesTable | undefined;
  /** Of files and batches; `undefined` where there are none. */
  readonly batchStorage: BatchStorage | undefined;
  /** Of usage events and their sums; `undefined` where there are none. */
  readonly usageStore: UsageStore | undefined;
  /** Of the history of generations; `undefined` where there is none. */
  readonly historyStore: HistoryStore | undefined;
  /** Of the control API; `undefined` where there is none. */
  readonly controlTable: ControlTable | undefined;
  /** The audit trail of the control API; `undefined` where there is none. */
  readonly auditStore: AuditStore | undefined;
  /** Where people sign in; `undefined` where they do elsewhere, or not at all. */
  readonly userPool: UserPool | undefined;
  /** Sends audit events to a SIEM; `undefined` where nothing does. */
  readonly auditDelivery: AuditDelivery | undefined;
  /** Of gateways and engines: logs outlive the instance that wrote them. */
  readonly logs: ProcessLogs;
  /** Access logs of load balancers; `undefined` where there are none. */
  readonly loadBalancerLogs: LoadBalancerLogs | undefined;
  /** Sessions on instances, and their log; `undefined` where there are none. */
  readonly shell: ShellAccess | undefined;

  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: a declaration of resources
  constructor(scope: Construct, environment: Environment) {
    super(scope, stackId(environment, "data"));
    configureStack(this, environment, "data");
    const name = resourceName(environment);
    const isProtected = environment.deletionProtection;
    const encryptionKey = new EncryptionKey(this, "EncryptionKey", {
      name,
      region: environment.region,
      isProtected,
      uses: [
        "alarmTopics",
        "logGroups",
        ...(environment.api.entry === "private" ? [] : (["site"] as const)),
        "volumes",
      ],
    });
    this.encryptionKey = encryptionKey;
    this.keysTable = new KeysTable(this, "Keys", { name: keysTableName(environment.name), encryptionKey, isProtected });
    this.routesTable = new RoutesTable(this, "Routes", {
      name: routesTableName(environment.name),
      encryptionKey,
      isProtected,
    });
    this.responsesTable = environment.responses
      ? new ResponsesTable(this, "Responses", {
          name: responsesTableName(environment.name),
          encryptionKey,
          isProtected,
        })
      : undefined;
    this.artefacts = new ArtefactStore(this, "Artefacts", {
      namePrefix: `${name}-assets-`,
      encryptionKey,
      isProtected,
    });
    this.batchStorage = environment.batches
      ? new BatchStorage(this, "Batches", {
          tableName: batchesTableName(environment.name),
          bucketNamePrefix: `${name}-files-`,
          encryptionKey,
          isProtected,
        })
      : undefined;
    this.usageStore = environment.usage
      ? new UsageStore(this, "Usage", {
          retentionDays: environment.usage.retentionDays,
          hasQueries: environment.usage.athena,
          tableName: usageTableName(environment.name),
          bucketNamePrefix: `${name}-usage-`,
          encryptionKey,
          isProtected,
        })
      : undefined;
    if (this.usageStore && environment.usage?.athena)
      new UsageTables(this, "UsageTables", {
        workgroupName: `${name}-usage`,
        databaseName: usageDatabaseName(environment.name),
        bucketName: this.usageStore.bucketName,
        kmsKeyArn: encryptionKey.arn,
        isProtected,
      });
    this.historyStore = environment.history
      ? new HistoryStore(this, "History", {
          tableName: historyTableName(environment.name),
          keysTableName: subjectKeysTableName(environment.name),
          encryptionKey,
          isProtected,
        })
      : undefined;
    this.controlTable = environment.api.controlApi
      ? new ControlTable(this, "Control", { name: controlTableName(environment.name), encryptionKey, isProtected })
      : undefined;
    this.userPool = userPoolOf(this, environment);
    this.auditStore = environment.api.controlApi
      ? new AuditStore(this, "Audit", {
          name,
          region: environment.region,
          bucketNamePrefix: `${name}-audit-`,
          encryptionKey,
          lock: { mode: environment.api.auditLock, days: environment.api.auditDays },
          isProtected,
        })
      : undefined;
    const { auditStream } = environment.api;
    this.auditDelivery =
      this.auditStore && auditStream
        ? new AuditDelivery(this, "AuditDelivery", {
            name: `${name}-audit-events`,
            bucketNamePrefix: `${name}-siem-`,
            accountId: new DataAwsCallerIdentity(this, "Account", {}).accountId,
            destination: auditStream,
            days: auditStream.days,
            encryptionKey,
            isProtected,
          })
        : undefined;
    this.logs = new ProcessLogs(this, "Logs", {
      name,
      logRetentionDays: environment.logRetentionDays,
      kmsKeyArn: encryptionKey.arn,
    });
    this.loadBalancerLogs =
      environment.loadBalancerLogDays === null
        ? undefined
        : new LoadBalancerLogs(this, "LoadBalancerLogs", {
            namePrefix: `${name}-lb-logs-`,
            days: environment.loadBalancerLogDays,
            isProtected,
          });
    this.shell = environment.network.shell
      ? new ShellAccess(this, "Shell", {
          name,
          logRetentionDays: environment.logRetentionDays,
          kmsKeyArn: encryptionKey.arn,
        })
      : undefined;
    this.#outputs();
  }

  #outputs(): void {
    if (this.auditStore) {
      new TerraformOutput(this, "audit_bucket", {
        description: "Bucket of the audit trail.",
        value: this.auditStore.bucketName,
      });
      new TerraformOutput(this, "audit_signing_key", {
        description: "KMS key that signs the audit trail.",
        value: this.auditStore.signingKeyArn,
      });
    }
    new TerraformOutput(this, "keys_table", {
      description: "DynamoDB table of API keys, for the sluice command.",
      value: this.keysTable.tableName,
    });
    new TerraformOutput(this, "artefact_bucket", {
      description: "Bucket of gateway builds and model weights.",
      value: this.artefacts.bucketName,
    });
  }
}

function userPoolOf(scope: Construct, environment: Environment): UserPool | undefined {
  const { people, userPool } = environment.identity;
  if (people === null || userPool === null) return undefined;
  return new UserPool(scope, "UserPool", {
    ...userPool,
    name: resourceName(environment),
    region: environment.region,
    clientName: people.clientId,
    callbackUrls: callbackUrls(environment),
    hasSignUp: people.admit !== undefined && people.admit !== "invited",
    isProtected: environment.deletionProtection,
  });
}
