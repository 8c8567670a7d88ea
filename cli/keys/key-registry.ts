import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, paginateScan, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type ApiKeyItem, StoredApiKey } from "../../contracts/processes/auth.ts";
import { LOCAL_CREDENTIALS } from "../../local/runtime/aws-environment.ts";
import type { KeyTable } from "./key-table.ts";

/** The keys of one environment. */
export interface KeyRegistry {
  /** @throws when the id exists: nothing is overwritten */
  add(item: ApiKeyItem): Promise<void>;
  list(): Promise<readonly ApiKeyItem[]>;
  /** `false` when the key does not exist; a second call does not change the date. */
  revoke(keyId: string, at: Date): Promise<boolean>;
}

/** Keys in DynamoDB, on AWS or in the local stack. */
export class DynamoKeyRegistry implements KeyRegistry {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor({ region, endpoint, table }: Pick<KeyTable, "region" | "endpoint" | "table">) {
    this.#table = table;
    const local = endpoint && { endpoint, credentials: LOCAL_CREDENTIALS };
    this.#client = DynamoDBDocumentClient.from(new DynamoDBClient({ region, ...local }), {
      marshallOptions: { removeUndefinedValues: true },
    });
  }

  async add(item: ApiKeyItem): Promise<void> {
    const condition = "attribute_not_exists(keyId)";
    await this.#client.send(new PutCommand({ TableName: this.#table, Item: item, ConditionExpression: condition }));
  }

  async list(): Promise<readonly ApiKeyItem[]> {
    const items: ApiKeyItem[] = [];
    for await (const page of paginateScan({ client: this.#client }, { TableName: this.#table }))
      for (const item of page.Items ?? []) items.push(StoredApiKey.parse(item));
    return items.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  async revoke(keyId: string, at: Date): Promise<boolean> {
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { keyId },
          UpdateExpression: "SET revokedAt = if_not_exists(revokedAt, :at)",
          ConditionExpression: "attribute_exists(keyId)",
          ExpressionAttributeValues: { ":at": at.toISOString() },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
