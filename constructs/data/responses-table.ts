import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import { RESPONSES_TABLE } from "../../contracts/retention/stored-items.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { type ProtectedTableProps, protectedTable } from "./protected-table.ts";

/** Responses stored for callers of `/v1/responses`; DynamoDB deletes each after its time to live. */
export class ResponsesTable extends Construct {
  readonly resource: DynamodbTable;
  readonly tableName: string;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, props: ProtectedTableProps) {
    super(scope, id);
    this.#encryptionKey = props.encryptionKey;
    this.resource = protectedTable(this, "Default", props, {
      hashKey: RESPONSES_TABLE.hashKey,
      rangeKey: RESPONSES_TABLE.rangeKey,
      ttlAttribute: RESPONSES_TABLE.ttlAttribute,
    });
    this.tableName = this.resource.name;
  }

  /** Permissions of the control API: to find the responses of a caller that is erased, and to delete them. It reads no content. */
  eraseStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "EraseResponses",
        purpose:
          "The control API finds the stored responses of an erased user, service account or project and deletes them.",
        Effect: "Allow",
        Action: ["dynamodb:Query"],
        Resource: [this.resource.arn],
        Condition: {
          "ForAllValues:StringEquals": {
            "dynamodb:Attributes": Object.values(RESPONSES_TABLE),
          },
          StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
        },
      },
      {
        Sid: "SetEndOfResponses",
        purpose:
          "The control API sets when stored responses end, where a project's retention changes or a legal hold is placed or released.",
        Effect: "Allow",
        Action: ["dynamodb:UpdateItem"],
        Resource: [this.resource.arn],
        Condition: {
          "ForAllValues:StringEquals": { "dynamodb:Attributes": Object.values(RESPONSES_TABLE) },
          StringEqualsIfExists: { "dynamodb:ReturnValues": "NONE" },
        },
      },
      {
        Sid: "DeleteErasedResponses",
        purpose: "The control API deletes the stored responses of who is erased.",
        Effect: "Allow",
        Action: ["dynamodb:DeleteItem"],
        Resource: [this.resource.arn],
      },
      { ...this.#encryptionKey.decryptStatement("dynamodb"), Sid: "DecryptErasedResponses" },
    ];
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
