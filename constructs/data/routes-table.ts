import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { type ProtectedTableProps, protectedTable } from "./protected-table.ts";

/** Changes of providers and routes at run time, and spend by provider. Item shape: `contracts/targets/target-changes.ts`. */
export class RoutesTable extends Construct {
  readonly resource: DynamodbTable;
  readonly tableName: string;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, props: ProtectedTableProps) {
    super(scope, id);
    this.#encryptionKey = props.encryptionKey;
    this.resource = protectedTable(this, "Default", props, { hashKey: "section", rangeKey: "id" });
    this.tableName = this.resource.name;
  }

  /** Permissions of a gateway: to read changes, to store those of its admin API, and to add up spend. */
  changeStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "ChangeRoutes",
        purpose: "A gateway reads changes of providers and routes, stores those of its admin API, and adds up spend.",
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        Resource: [this.resource.arn],
      },
      { ...this.#encryptionKey.decryptStatement("dynamodb"), Sid: "DecryptRoutes" },
    ];
  }
}
