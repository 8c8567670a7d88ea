import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { SEALER_PARTITION, SEALER_PREFIXES, streamedKey } from "../../domain/tenancy/audit-marks.ts";
import type { StreamPositions } from "./sealing-ports.ts";

const PositionItem = z.object({ recordId: z.string(), entries: z.int().nonnegative() });

/** Sorts after every character of an id. */
const LAST = "\uffff";

/** Positions in the control API's table, beside the ends of chains. */
export class DynamoStreamPositions implements StreamPositions {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async streamed(): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    const { streamed } = SEALER_PREFIXES;
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        KeyConditionExpression: "organizationId = :partition AND recordId BETWEEN :from AND :to",
        ExpressionAttributeValues: { ":partition": SEALER_PARTITION, ":from": streamed, ":to": `${streamed}${LAST}` },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages)
      for (const item of Items) {
        const { recordId, entries } = PositionItem.parse(item);
        found.set(recordId.slice(streamed.length), entries);
      }
    return found;
  }

  async store(chain: string, entries: number): Promise<void> {
    const command = new PutCommand({
      TableName: this.#tableName,
      Item: { ...streamedKey(chain), entries },
      ConditionExpression: "attribute_not_exists(recordId) OR entries < :entries",
      ExpressionAttributeValues: { ":entries": entries },
    });
    await this.#client.send(command).catch((error: unknown) => {
      // Another run is further.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }
}
