import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { HELD_TTL } from "../../../contracts/retention/stored-items.ts";
import type { SubjectData } from "../../../domain/erasure/erased-subject.ts";
import { filesOfSubjectPartition, ownerPartition } from "../../../domain/erasure/file-partitions.ts";
import type { IsLate } from "../store/erasable-data.ts";
import { eachPartition, type SubjectHolds } from "../store/subject-holds.ts";
import { type HeldCopies, type HeldItem, HeldItems } from "./held-items.ts";

export interface FileHoldsOptions {
  readonly client: DynamoDBDocumentClient;
  /** Has the keys `pk` and `sk`. */
  readonly tableName: string;
  readonly copies: HeldCopies;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Keeps files with their content, and batches, from expiring while their subject is held; and the notes of the keys with which it has
 * stored them, by which they are found.
 */
export class FileHolds implements SubjectHolds {
  readonly #items: HeldItems;

  constructor({ client, tableName, copies, now }: FileHoldsOptions) {
    this.#items = new HeldItems({
      client,
      tableName,
      partitionKey: "pk",
      sortKey: "sk",
      endAttribute: "ttl",
      heldEndAttribute: HELD_TTL,
      otherAttributes: ["expiresAt", "objectKey", "bytes"],
      isOver: (item) => endOf(item) * 1000 <= now(),
      copies,
    });
  }

  hold({ id, keyIds }: SubjectData, isLate: IsLate): Promise<number | undefined> {
    const partitions = [filesOfSubjectPartition(id), ...keyIds.map(ownerPartition)];
    return eachPartition(partitions, (partition) => this.#items.hold(partition, id, isLate));
  }

  async release({ id, keyIds }: SubjectData, isLate: IsLate): Promise<number | undefined> {
    const changed = await eachPartition(keyIds.map(ownerPartition), (owner) => this.#items.release(owner, id, isLate));
    // The notes last, which may end at once: until then what they lead to is found, and its copies are removed.
    return changed === 0 ? await this.#items.release(filesOfSubjectPartition(id), id, isLate) : changed;
  }
}

/** A file ends before DynamoDB deletes it; a batch, which ends within a day, is shown until then. */
function endOf({ sk, expiresAt, ttl }: HeldItem): number {
  return Number(String(sk).startsWith("file#") ? expiresAt : ttl);
}
