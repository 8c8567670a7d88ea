import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { HISTORY_TABLE, StoredGeneration } from "../../../contracts/history/stored-generation.ts";
import {
  generationItems,
  HELD_EXPIRY,
  type HistoryKey,
  listPartition,
} from "../../../domain/history/generation-keys.ts";
import { eachOf } from "../store/each-of.ts";
import type { IsLate } from "../store/erasable-data.ts";
import type { Settled } from "./expiry-store.ts";

const PAGE = 100;
const CONCURRENCY = 20;
const SECONDS_PER_DAY = 86_400;
const END = HISTORY_TABLE.ttlAttribute;

/** Sets when generations end. Those that are held get the end that they have after the hold. */
export class HistoryExpiry {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async settle(projectId: string, days: number, isLate: IsLate): Promise<Settled> {
    let changed = 0;
    let start: Record<string, unknown> | undefined;
    do {
      if (isLate()) return { changed, isDone: false };
      const { Items = [], LastEvaluatedKey: last } = await this.#client.send(
        new QueryCommand({
          TableName: this.#tableName,
          KeyConditionExpression: "#partition = :partition",
          ExpressionAttributeNames: { "#partition": HISTORY_TABLE.hashKey },
          ExpressionAttributeValues: { ":partition": listPartition(projectId) },
          ConsistentRead: true,
          Limit: PAGE,
          ExclusiveStartKey: start,
        }),
      );
      const late = Items.flatMap((item) => {
        const generation = StoredGeneration.safeParse(item.generation).data;
        if (generation === undefined) return [];
        const wanted = Math.ceil(Date.parse(generation.at) / 1000) + days * SECONDS_PER_DAY;
        return wanted === Number(item[END] ?? item[HELD_EXPIRY]) ? [] : [{ generation, wanted }];
      });
      await eachOf(late, CONCURRENCY, async ({ generation, wanted }) => {
        // The entry of the list by which it was found is the last one: a run that ends in the middle finds it again.
        for (const key of generationItems(generation, projectId)) await this.#set(key, wanted);
      });
      changed += late.length;
      start = last;
    } while (start !== undefined);
    return { changed, isDone: true };
  }

  /** In the attribute that the item has; a hold may come in between, so that the other one is tried too. */
  async #set({ partition, entry }: HistoryKey, end: number): Promise<void> {
    for (const attribute of [END, HELD_EXPIRY]) {
      const command = new UpdateCommand({
        TableName: this.#tableName,
        Key: { partition, entry },
        UpdateExpression: "SET #end = :end",
        ConditionExpression: "attribute_exists(#end)",
        ExpressionAttributeNames: { "#end": attribute },
        ExpressionAttributeValues: { ":end": end },
      });
      await this.#client.send(command).catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
    }
  }
}
