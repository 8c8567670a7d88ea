import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import { CONTROL_TTL_ATTRIBUTE } from "../../contracts/control/records.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";

export interface ControlTableProps {
  readonly name: string;
  readonly encryptionKey: EncryptionKey;
  /** Whether AWS and OpenTofu refuse to destroy the table. */
  readonly isProtected: boolean;
}

/** Organisations with their projects, users, invitations, admin keys and audit events. Item shape: `contracts/control/records.ts`. */
export class ControlTable extends Construct {
  readonly resource: DynamodbTable;
  readonly tableName: string;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, { name, encryptionKey, isProtected }: ControlTableProps) {
    super(scope, id);
    this.#encryptionKey = encryptionKey;
    this.resource = new DynamodbTable(this, "Default", {
      name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: "organizationId",
      rangeKey: "recordId",
      attribute: [
        { name: "organizationId", type: "S" },
        { name: "recordId", type: "S" },
      ],
      ttl: { attributeName: CONTROL_TTL_ATTRIBUTE, enabled: true },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: encryptionKey.arn },
      deletionProtectionEnabled: isProtected,
      lifecycle: { preventDestroy: isProtected },
    });
    this.tableName = this.resource.name;
  }

  /** Permissions of the control API: to read records, and to change them in transactions. */
  changeStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "ChangeControlRecords",
        purpose:
          "The control API reads projects, users and admin keys, and changes them with their audit events in transactions.",
        Effect: "Allow",
        Action: ["GetItem", "Query", "PutItem", "DeleteItem", "ConditionCheckItem"].map((name) => `dynamodb:${name}`),
        Resource: [this.resource.arn],
      },
      this.#encryptionKey.writeStatement("dynamodb"),
    ];
  }
}
