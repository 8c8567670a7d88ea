import { Construct } from "constructs";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import { scheduleFunction } from "../compute/schedule-function.ts";
import type { ControlTable } from "../data/control-table.ts";
import type { AuditDelivery } from "./audit-delivery.ts";
import type { AuditStore } from "./audit-store.ts";

export interface AuditSealerProps {
  /** Name of function, role, rule and log group. */
  readonly name: string;
  /** Dimension of its metric. */
  readonly environment: string;
  /** Path of the bundle, `seal-audit.zip`. */
  readonly bundle: string;
  readonly table: ControlTable;
  readonly store: AuditStore;
  /** Takes sealed events. @default - none does */
  readonly delivery?: AuditDelivery | undefined;
  readonly logRetentionDays: number;
  /** Customer key of the log. */
  readonly kmsKeyArn: string;
}

/** A run takes 40 seconds at most, 45 with a stream, and the calls of the last segment some more. */
const TIMEOUT_SECONDS = 55;

/** Writes each minute the new audit events and a signed head of each organisation into the audit store. */
export class AuditSealer extends Construct {
  constructor(scope: Construct, id: string, props: AuditSealerProps) {
    super(scope, id);
    const { name, bundle, table, store, delivery, logRetentionDays, kmsKeyArn } = props;
    const { resource: lambda } = new BundledFunction(this, "Function", {
      name,
      bundle,
      environment: {
        [ENV.environment]: props.environment,
        [ENV.controlTable]: table.tableName,
        [ENV.auditBucket]: store.bucketName,
        [ENV.auditKey]: store.signingKeyArn,
        ...(delivery === undefined ? {} : { [ENV.auditStream]: delivery.streamName }),
      },
      timeoutSeconds: TIMEOUT_SECONDS,
      logRetentionDays,
      kmsKeyArn,
      statements: [...table.sealStatements(), ...store.sealStatements(), ...(delivery?.sendStatements() ?? [])],
    });
    scheduleFunction(this, lambda, {
      name,
      description: "Seals the audit events of the last minute.",
      expression: "rate(1 minute)",
      ids: { rule: "EachMinute", permission: "MayBeCalled" },
    });
  }
}
