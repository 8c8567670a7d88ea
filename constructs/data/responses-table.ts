import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";

export interface ResponsesTableProps {
  readonly name: string;
  readonly encryptionKey: EncryptionKey;
  /** Whether AWS and OpenTofu refuse to destroy the table. */
  readonly isProtected: boolean;
}

/** Responses stored for callers of `/v1/responses`; DynamoDB deletes each after its time to live. */
export class ResponsesTable extends Construct {
  readonly resource: DynamodbTable;
  readonly tableName: string;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, { name, encryptionKey, isProtected }: ResponsesTableProps) {
    super(scope, id);
    this.#encryptionKey = encryptionKey;
    this.resource = new DynamodbTable(this, "Default", {
      name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: "tenant",
      rangeKey: "id",
      attribute: [
        { name: "tenant", type: "S" },
        { name: "id", type: "S" },
      ],
      ttl: { attributeName: "expiresAt", enabled: true },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: encryptionKey.arn },
      deletionProtectionEnabled: isProtected,
      lifecycle: { preventDestroy: isProtected },
    });
    this.tableName = this.resource.name;
  }

  /** Permissions of a gateway: to store one response, to find one, and to delete one. */
  keepStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "KeepResponses",
        purpose: "A gateway stores responses of clients, finds one by its id, and deletes one.",
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
        Resource: [this.resource.arn],
      },
      { ...this.#encryptionKey.decryptStatement("dynamodb"), Sid: "DecryptResponses" },
    ];
  }
}
