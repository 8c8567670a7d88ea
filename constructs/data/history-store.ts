import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import { HISTORY_TABLE, SUBJECT_KEYS_TABLE } from "../../contracts/history/stored-generation.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { protectedTable } from "./protected-table.ts";

export interface HistoryStoreProps {
  readonly tableName: string;
  readonly keysTableName: string;
  readonly encryptionKey: EncryptionKey;
  /** Whether AWS and OpenTofu refuse to destroy the tables. */
  readonly isProtected: boolean;
}

/**
 * The history of generations, and the data keys that encrypt it, one for each subject. The data keys have no recovery:
 * content whose key was erased can't be read again from a backup either. Item shapes: `contracts/history`.
 */
export class HistoryStore extends Construct {
  readonly tableName: string;
  readonly keysTableName: string;
  readonly #table: DynamodbTable;
  readonly #keys: DynamodbTable;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, props: HistoryStoreProps) {
    super(scope, id);
    const { tableName, keysTableName, encryptionKey, isProtected } = props;
    this.#encryptionKey = encryptionKey;
    this.#table = protectedTable(this, "Table", { name: tableName, encryptionKey, isProtected }, HISTORY_TABLE);
    this.#keys = protectedTable(
      this,
      "DataKeys",
      { name: keysTableName, encryptionKey, isProtected },
      { ...SUBJECT_KEYS_TABLE, hasRecovery: false },
    );
    this.tableName = this.#table.name;
    this.keysTableName = this.#keys.name;
  }

  /** Permissions of a gateway: to store generations, and to find or make a data key. It can read no generation. */
  gatewayStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "StoreHistory",
        purpose: "A gateway stores generations of projects that opted in.",
        Effect: "Allow",
        Action: ["dynamodb:PutItem"],
        Resource: [this.#table.arn],
      },
      {
        Sid: "UseDataKeys",
        purpose: "A gateway encrypts generations with the data keys of their subjects.",
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
        Resource: [this.#keys.arn],
      },
      { ...this.#encryptionKey.writeStatement("dynamodb"), Sid: "UseDynamoDbKeyForHistory" },
    ];
  }

  /** Permissions of the control API: to list, read and delete generations, and to erase data keys. It can make none. */
  readStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "ReadHistory",
        purpose: "The control API lists, reads and deletes generations, and keeps those that are held from expiring.",
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        Resource: [this.#table.arn],
      },
      {
        Sid: "ReadDataKeys",
        purpose: "The control API decrypts generations with the data keys of their subjects.",
        Effect: "Allow",
        Action: ["dynamodb:BatchGetItem"],
        Resource: [this.#keys.arn],
      },
      {
        Sid: "EraseDataKeys",
        purpose:
          "The control API ends data keys of erased users, service accounts and projects, and marks them as erased.",
        Effect: "Allow",
        Action: ["dynamodb:PutItem", "dynamodb:DeleteItem"],
        Resource: [this.#keys.arn],
      },
      { ...this.#encryptionKey.writeStatement("dynamodb"), Sid: "UseDynamoDbKeyForHistory" },
    ];
  }
}
