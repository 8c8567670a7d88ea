import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { CHANGES_SECTION } from "../../contracts/targets/target-changes.ts";
import type { SpendStore } from "./spend-ledger.ts";

const TIMEOUT_MS = 2000;

/** Spend in the routes table: one number for each provider and month, which every gateway adds to. */
export class DynamoSpendStore implements SpendStore {
  readonly #client: Pick<DynamoDBDocumentClient, "send">;
  readonly #tableName: string;

  constructor(options: { readonly client: Pick<DynamoDBDocumentClient, "send">; readonly tableName: string }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
  }

  async add(provider: string, month: string, usd: number): Promise<number> {
    const command = new UpdateCommand({
      TableName: this.#tableName,
      Key: { section: CHANGES_SECTION, id: `spend#${provider}#${month}` },
      UpdateExpression: "ADD usd :usd",
      // DynamoDB stores 38 digits; more than nine after the point are noise of the sum.
      ExpressionAttributeValues: { ":usd": Number(usd.toFixed(9)) },
      ReturnValues: "UPDATED_NEW",
    });
    const { Attributes } = await this.#client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    return Number(Attributes?.usd ?? 0);
  }
}
