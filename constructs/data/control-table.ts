import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import { CONTROL_TTL_ATTRIBUTE } from "../../contracts/control/records.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { type ProtectedTableProps, protectedTable } from "./protected-table.ts";

/** Organisations with their projects, users, invitations, admin keys and audit events. Item shape: `contracts/control/records.ts`. */
export class ControlTable extends Construct {
  readonly resource: DynamodbTable;
  readonly tableName: string;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, props: ProtectedTableProps) {
    super(scope, id);
    this.#encryptionKey = props.encryptionKey;
    this.resource = protectedTable(this, "Default", props, {
      hashKey: "organizationId",
      rangeKey: "recordId",
      ttlAttribute: CONTROL_TTL_ATTRIBUTE,
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
