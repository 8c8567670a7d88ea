import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { FILE_REMOVAL_MARGIN_SECONDS, HELD_TTL } from "../../../contracts/retention/stored-items.ts";
import { ownerPartition } from "../../../domain/erasure/file-partitions.ts";
import { eachOf } from "../store/each-of.ts";
import type { IsLate } from "../store/erasable-data.ts";
import type { Settled } from "./expiry-store.ts";

const PAGE = 100;
const CONCURRENCY = 20;
const SECONDS_PER_DAY = 86_400;
const StoredFile = z.object({
  sk: z.string(),
  createdAt: z.int(),
  expiresAt: z.int(),
  /** Seconds after which it ends whatever the project's retention is. @default - a release before this one stored it: those that it has */
  longestSeconds: z.int().optional(),
  /** While it is held, in place of its time to live. */
  [HELD_TTL]: z.int().optional(),
});

interface LateFile {
  readonly sk: string;
  /** The attribute with its time to live, now or after the hold. */
  readonly ttl: string;
  /** Unix seconds. */
  readonly wanted: number;
  readonly longestSeconds: number;
}

/** Sets when files end, those of results of batches too; a client's own shorter time stays. Those that are held get the end that they have after the hold. */
export class FileExpiry {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async settle(keyIds: readonly string[], days: number, isLate: IsLate): Promise<Settled> {
    let changed = 0;
    for (const owner of keyIds) {
      let start: Record<string, unknown> | undefined;
      do {
        if (isLate()) return { changed, isDone: false };
        const { Items = [], LastEvaluatedKey: last } = await this.#page(owner, start);
        const late = Items.flatMap((item) => {
          const file = StoredFile.safeParse(item).data;
          if (file === undefined) return [];
          const { sk, createdAt, expiresAt, longestSeconds = expiresAt - createdAt } = file;
          const wanted = createdAt + Math.min(longestSeconds, days * SECONDS_PER_DAY);
          const ttl = file[HELD_TTL] === undefined ? "ttl" : HELD_TTL;
          return wanted === expiresAt ? [] : [{ sk, ttl, wanted, longestSeconds }];
        });
        await eachOf(late, CONCURRENCY, (file) => this.#set(owner, file));
        changed += late.length;
        start = last;
      } while (start !== undefined);
    }
    return { changed, isDone: true };
  }

  #page(owner: string, start: Record<string, unknown> | undefined) {
    return this.#client.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :file)",
        ExpressionAttributeValues: { ":pk": ownerPartition(owner), ":file": "file#" },
        ConsistentRead: true,
        Limit: PAGE,
        ExclusiveStartKey: start,
      }),
    );
  }

  async #set(owner: string, { sk, ttl, wanted, longestSeconds }: LateFile): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.#tableName,
      Key: { pk: ownerPartition(owner), sk },
      UpdateExpression: "SET #end = :end, #ttl = :ttl, #longest = :longest",
      ConditionExpression: "attribute_exists(#ttl)",
      ExpressionAttributeNames: { "#end": "expiresAt", "#ttl": ttl, "#longest": "longestSeconds" },
      ExpressionAttributeValues: {
        ":end": wanted,
        ":ttl": wanted + FILE_REMOVAL_MARGIN_SECONDS,
        ":longest": longestSeconds,
      },
    });
    await this.#client.send(command).catch((error: unknown) => {
      // It was deleted, held or released meanwhile: the next pass looks again.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }
}
