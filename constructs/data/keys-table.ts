import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import { KEYS_TTL_ATTRIBUTE } from "../../contracts/processes/auth.ts";
import { USE_ATTRIBUTES } from "../../domain/keys/key-without-hash.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { type ProtectedTableProps, protectedTable } from "./protected-table.ts";

/** API keys by their public id; only hashes are stored. Item shape: `contracts/processes/auth.ts`. */
export class KeysTable extends Construct {
  readonly resource: DynamodbTable;
  readonly tableName: string;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, props: ProtectedTableProps) {
    super(scope, id);
    this.#encryptionKey = props.encryptionKey;
    this.resource = protectedTable(this, "Default", props, { hashKey: "keyId", ttlAttribute: KEYS_TTL_ATTRIBUTE });
    this.tableName = this.resource.name;
  }

  /** Permissions of the control API: to show when keys were last used, to add keys, and to revoke single ones. The statement of the table's key is the caller's. */
  changeStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "ReadKeyUses",
        purpose:
          "The control API shows when a key was last used, in which project it is, which version its limits have, and what it may do; it reads no hash of a key.",
        Effect: "Allow",
        Action: ["dynamodb:GetItem"],
        Resource: [this.resource.arn],
        Condition: {
          "ForAllValues:StringEquals": {
            "dynamodb:Attributes": [...new Set(["lastUsedAt", "version", ...USE_ATTRIBUTES])],
          },
          StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
        },
      },
      {
        Sid: "ChangeKeys",
        purpose: "The control API adds keys of service accounts, revokes them, and stores limits of use.",
        Effect: "Allow",
        Action: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
        Resource: [this.resource.arn],
      },
    ];
  }

  /** Permission to read, with a key, the limits of all whose use it counts for. */
  limitsStatement(): PolicyStatement {
    return {
      Sid: "ReadLimits",
      purpose: "A gateway reads the limits of a key's organisation, project, owner and own, by their ids.",
      Effect: "Allow",
      Action: ["dynamodb:BatchGetItem"],
      Resource: [this.resource.arn],
    };
  }

  /** Permissions to verify a key: one item at a time, never a scan. */
  readStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "ReadKeys",
        purpose: "A client's API key is looked up by the id in it.",
        Effect: "Allow",
        Action: ["dynamodb:GetItem"],
        Resource: [this.resource.arn],
      },
      this.#encryptionKey.decryptStatement("dynamodb"),
    ];
  }

  /** Permissions of the token exchange: to store keys, and to count what it refused. It reads no list of keys. */
  issueStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "IssueKeys",
        purpose: "The token exchange stores a key with the token that it is for, and counts failures of an address.",
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        Resource: [this.resource.arn],
      },
      this.#encryptionKey.writeStatement("dynamodb"),
    ];
  }

  /** Permission of the sender of notices: to read which project a key is of, and nothing else of it. */
  ownerStatement(): PolicyStatement {
    return {
      Sid: "ReadKeyProjects",
      purpose: "The sender of notices finds the project of a key whose budget is reached.",
      Effect: "Allow",
      Action: ["dynamodb:GetItem"],
      Resource: [this.resource.arn],
      Condition: {
        "ForAllValues:StringEquals": { "dynamodb:Attributes": ["keyId", "projectId", "kind"] },
        StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
      },
    };
  }

  /** Permission to store when a key was last used, and to change nothing else of it. */
  lastUsedStatement(): PolicyStatement {
    return {
      Sid: "StoreKeyUses",
      purpose: "A gateway stores when a key was last used; no other attribute of a key can be written.",
      Effect: "Allow",
      Action: ["dynamodb:UpdateItem"],
      Resource: [this.resource.arn],
      Condition: {
        "ForAllValues:StringEquals": { "dynamodb:Attributes": ["keyId", "lastUsedAt"] },
        StringEqualsIfExists: { "dynamodb:ReturnValues": "NONE" },
      },
    };
  }
}
