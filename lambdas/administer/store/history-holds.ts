import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { HISTORY_TABLE, StoredGeneration } from "../../../contracts/history/stored-generation.ts";
import {
  generationItems,
  HELD_EXPIRY,
  type HistoryKey,
  heldSubject,
  listPartition,
  subjectsOf,
} from "../../../domain/history/generation-keys.ts";
import { eachOf } from "./each-of.ts";

const PAGE = 100;
const CONCURRENCY = 20;

export interface HoldTables {
  readonly history: string;
  readonly keys: string;
}

/** Keeps generations of subjects from expiring: their items have no time to live while a subject is held. */
export class HistoryHolds {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: HoldTables;

  constructor(client: DynamoDBDocumentClient, tables: HoldTables) {
    this.#client = client;
    this.#tables = tables;
  }

  /** Those of the subjects that are held. */
  async heldAmong(subjects: readonly string[]): Promise<readonly string[]> {
    const { keys: table } = this.#tables;
    const Keys = subjects.map((subject) => ({ subject: heldSubject(subject) }));
    const command = new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } });
    const { Responses, UnprocessedKeys } = await this.#client.send(command);
    if (UnprocessedKeys?.[table] !== undefined) throw new Error("DynamoDB did not return all legal holds.");
    const found = new Set(Responses?.[table]?.map(({ subject }) => String(subject)));
    return subjects.filter((subject) => found.has(heldSubject(subject)));
  }

  /** @returns how many expired before; undefined where it was late */
  async hold(subject: string, isLate: () => boolean): Promise<number | undefined> {
    const Item = { subject: heldSubject(subject), heldAt: new Date().toISOString() };
    await this.#client.send(new PutCommand({ TableName: this.#tables.keys, Item }));
    return this.#each(subject, HISTORY_TABLE.ttlAttribute, isLate, async (generation) => {
      for (const key of generationItems(generation, subject))
        await this.#rename(key, HISTORY_TABLE.ttlAttribute, HELD_EXPIRY);
      return true;
    });
  }

  /** Generations that another subject's hold is for stay. @returns how many expire again; undefined where it was late */
  async release(subject: string, isLate: () => boolean): Promise<number | undefined> {
    await this.#client.send(
      new DeleteCommand({ TableName: this.#tables.keys, Key: { subject: heldSubject(subject) } }),
    );
    return this.#each(subject, HELD_EXPIRY, isLate, async (generation) => {
      if ((await this.heldAmong(subjectsOf(generation))).length > 0) return false;
      for (const key of generationItems(generation, subject))
        await this.#rename(key, HELD_EXPIRY, HISTORY_TABLE.ttlAttribute);
      return true;
    });
  }

  async #each(
    subject: string,
    attribute: string,
    isLate: () => boolean,
    work: (generation: StoredGeneration) => Promise<boolean>,
  ): Promise<number | undefined> {
    let changed = 0;
    let start: Record<string, unknown> | undefined;
    do {
      if (isLate()) return undefined;
      const { Items = [], LastEvaluatedKey: last } = await this.#client.send(
        new QueryCommand({
          TableName: this.#tables.history,
          KeyConditionExpression: "#partition = :partition",
          FilterExpression: "attribute_exists(#attribute)",
          ExpressionAttributeNames: { "#partition": HISTORY_TABLE.hashKey, "#attribute": attribute },
          ExpressionAttributeValues: { ":partition": listPartition(subject) },
          ConsistentRead: true,
          Limit: PAGE,
          ExclusiveStartKey: start,
        }),
      );
      const found = Items.flatMap(({ generation }) => StoredGeneration.safeParse(generation).data ?? []);
      await eachOf(found, CONCURRENCY, async (generation) => {
        if (await work(generation)) changed++;
      });
      start = last;
    } while (start !== undefined);
    return changed;
  }

  async #rename({ partition, entry }: HistoryKey, from: string, to: string): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.#tables.history,
      Key: { partition, entry },
      UpdateExpression: "SET #to = #from REMOVE #from",
      ConditionExpression: "attribute_exists(#from)",
      ExpressionAttributeNames: { "#from": from, "#to": to },
    });
    await this.#client.send(command).catch((error: unknown) => {
      // It was changed before, or is deleted.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }
}
