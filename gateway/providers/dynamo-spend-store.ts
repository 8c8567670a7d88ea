import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { CHANGES_SECTION } from "../../contracts/targets/target-changes.ts";
import type { SpendStore } from "./spend-account.ts";

/** Of one call; a request may wait for two. */
const TIMEOUT_MS = 1000;

export interface DynamoSpendStoreOptions {
  /** Makes one attempt of each call: a repeated addition below 0 would return money that was spent. */
  readonly client: Pick<DynamoDBDocumentClient, "send">;
  readonly tableName: string;
}

/** Spend in the routes table: one number for each provider and month, which every gateway adds to. */
export class DynamoSpendStore implements SpendStore {
  readonly #options: DynamoSpendStoreOptions;

  constructor(options: DynamoSpendStoreOptions) {
    this.#options = options;
  }

  async add(provider: string, month: string, usd: number, limitUsd?: number): Promise<number | undefined> {
    if (limitUsd !== undefined && limitUsd < 0) return undefined;
    try {
      return await this.#send(provider, month, usd, limitUsd);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      if (usd < 0) throw error;
      // One that arrives twice counts too much: that is the safe side.
      return await this.#again(provider, month, usd, limitUsd);
    }
  }

  async #again(provider: string, month: string, usd: number, limitUsd?: number): Promise<number | undefined> {
    try {
      return await this.#send(provider, month, usd, limitUsd);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  async #send(provider: string, month: string, usd: number, limitUsd?: number): Promise<number> {
    const { client, tableName } = this.#options;
    const command = new UpdateCommand({
      TableName: tableName,
      Key: { section: CHANGES_SECTION, id: `spend#${provider}#${month}` },
      UpdateExpression: "ADD usd :usd",
      ...(limitUsd === undefined ? {} : { ConditionExpression: "attribute_not_exists(usd) OR usd <= :limit" }),
      ExpressionAttributeValues: { ":usd": usd, ...(limitUsd === undefined ? {} : { ":limit": limitUsd }) },
      ReturnValues: "UPDATED_NEW",
    });
    const { Attributes } = await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    return Number(Attributes?.usd ?? 0);
  }
}
