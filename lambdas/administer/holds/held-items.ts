import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { HELD_BY, HELD_COPIES } from "../../../contracts/retention/stored-items.ts";
import { eachOf } from "../store/each-of.ts";
import type { IsLate } from "../store/erasable-data.ts";

const PAGE = 100;
const CONCURRENCY = 20;

/** An item as far as it is read here. */
export type HeldItem = Readonly<Record<string, unknown>>;

/** Copies of what lies outside of the table, which its own rules would delete. */
export interface HeldCopies {
  /** Whether an item has something outside. */
  has(item: HeldItem): boolean;
  /** Makes one more version of the copy, where there is something to copy. */
  copy(item: HeldItem): Promise<void>;
  /** The versions of the copy. */
  versions(item: HeldItem): Promise<readonly string[]>;
  remove(item: HeldItem, versions: readonly string[]): Promise<void>;
}

export interface HeldItemsOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** The attribute by which DynamoDB deletes an item. */
  readonly endAttribute: string;
  /** The attribute that has that time while the item is held. */
  readonly heldEndAttribute: string;
  /** Attributes that `isOver` and `copies` read beside these. @default - none */
  readonly otherAttributes?: readonly string[];
  /** Whether an item has ended and is only not deleted yet; a hold leaves it so. */
  readonly isOver: (item: HeldItem) => boolean;
  /** @default - nothing lies outside of the table */
  readonly copies?: HeldCopies;
}

type Update = Pick<
  UpdateCommandInput,
  "UpdateExpression" | "ConditionExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues"
>;
/** Does what an item needs before it is changed. */
type Step = () => Promise<Update>;

/**
 * Keeps items from expiring while a legal hold is on a subject: an item that is held has no time to live and names all subjects that it
 * is held for, so that the release of one leaves it to the others.
 */
export class HeldItems {
  readonly #options: HeldItemsOptions;

  constructor(options: HeldItemsOptions) {
    this.#options = options;
  }

  /**
   * @param onFound called before items are held. @default - nothing is to be done before
   * @returns how many items of the partition the subject did not hold before; undefined where it was late
   */
  hold(
    partition: string,
    subject: string,
    isLate: IsLate,
    onFound?: () => Promise<unknown>,
  ): Promise<number | undefined> {
    const { endAttribute: end, heldEndAttribute: heldEnd, isOver, copies } = this.#options;
    const ExpressionAttributeValues = { ":subjects": new Set([subject]) };
    const stepOf = (item: HeldItem): Step | undefined => {
      if (subjectsIn(item).includes(subject)) return undefined;
      const isHeld = item[heldEnd] !== undefined;
      if (!isHeld && (item[end] === undefined || isOver(item))) return undefined;
      return async () => {
        // A version of its own: the release of another hold, which may be under way, removes those that it has seen.
        if (copies?.has(item)) await copies.copy(item);
        return isHeld
          ? {
              UpdateExpression: `ADD ${HELD_BY} :subjects`,
              ConditionExpression: `attribute_exists(${heldEnd})`,
              ExpressionAttributeValues,
            }
          : {
              UpdateExpression: `SET ${heldEnd} = #end REMOVE #end ADD ${HELD_BY} :subjects`,
              ConditionExpression: "attribute_exists(#end)",
              ExpressionAttributeNames: { "#end": end },
              ExpressionAttributeValues,
            };
      };
    };
    return this.#each(partition, isLate, stepOf, onFound);
  }

  /**
   * Gives items their time to live back. The copy of what lies outside is noted in the item in the same change, and removed by the next pass.
   * @returns how many items of the partition the subject held before, or still had a copy; undefined where it was late
   */
  release(partition: string, subject: string, isLate: IsLate): Promise<number | undefined> {
    const { copies } = this.#options;
    return this.#each(partition, isLate, (item) => {
      const left = textsIn(item[HELD_COPIES]);
      if (left.length > 0)
        return async () => {
          await copies?.remove(item, left);
          return {
            UpdateExpression: `DELETE ${HELD_COPIES} :left`,
            ConditionExpression: `attribute_exists(${HELD_COPIES})`,
            ExpressionAttributeValues: { ":left": new Set(left) },
          };
        };
      const subjects = subjectsIn(item);
      if (!subjects.includes(subject)) return undefined;
      if (subjects.length === 1) return async () => this.#lastRelease(subject, await this.#versions(item));
      return async () => ({
        UpdateExpression: `DELETE ${HELD_BY} :subjects`,
        ConditionExpression: `contains(${HELD_BY}, :subject) AND size(${HELD_BY}) > :one`,
        ExpressionAttributeValues: { ":subject": subject, ":subjects": new Set([subject]), ":one": 1 },
      });
    });
  }

  async #versions(item: HeldItem): Promise<readonly string[]> {
    const { copies } = this.#options;
    return copies?.has(item) ? await copies.versions(item) : [];
  }

  #lastRelease(subject: string, versions: readonly string[]): Update {
    const { endAttribute: end, heldEndAttribute: heldEnd } = this.#options;
    const noted = versions.length === 0 ? "" : ` ADD ${HELD_COPIES} :versions`;
    return {
      UpdateExpression: `SET #end = ${heldEnd} REMOVE ${heldEnd}, ${HELD_BY}${noted}`,
      ConditionExpression: `contains(${HELD_BY}, :subject) AND size(${HELD_BY}) = :one`,
      ExpressionAttributeNames: { "#end": end },
      ExpressionAttributeValues: {
        ":subject": subject,
        ":one": 1,
        ...(versions.length === 0 ? {} : { ":versions": new Set(versions) }),
      },
    };
  }

  async #each(
    partition: string,
    isLate: IsLate,
    stepOf: (item: HeldItem) => Step | undefined,
    onFound?: () => Promise<unknown>,
  ): Promise<number | undefined> {
    let changed = 0;
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey: last } = await this.#page(partition, start);
      const steps = Items.flatMap((item) => {
        const step = stepOf(item);
        return step === undefined ? [] : [{ item, step }];
      });
      if (steps.length > 0) await onFound?.();
      // A copy takes seconds where it is large: what there is no time for, the next pass does.
      await eachOf(steps, CONCURRENCY, async ({ item, step }) => {
        if (!isLate()) await this.#update(item, await step());
      });
      if (isLate()) return undefined;
      changed += steps.length;
      start = last;
    } while (start !== undefined);
    return changed;
  }

  #page(partition: string, start: Record<string, unknown> | undefined) {
    const { client, tableName, partitionKey, sortKey, endAttribute, heldEndAttribute, otherAttributes, copies } =
      this.#options;
    const held = [endAttribute, heldEndAttribute, HELD_BY, ...(copies === undefined ? [] : [HELD_COPIES])];
    const read = [partitionKey, sortKey, ...held, ...(otherAttributes ?? [])];
    return client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: "#partition = :partition",
        ProjectionExpression: read.map((_, index) => `#read${index}`).join(", "),
        ExpressionAttributeNames: {
          "#partition": partitionKey,
          ...Object.fromEntries(read.map((name, index) => [`#read${index}`, name])),
        },
        ExpressionAttributeValues: { ":partition": partition },
        ConsistentRead: true,
        Limit: PAGE,
        ExclusiveStartKey: start,
      }),
    );
  }

  async #update(item: HeldItem, update: Update): Promise<void> {
    const { client, tableName, partitionKey, sortKey } = this.#options;
    const Key = { [partitionKey]: item[partitionKey], [sortKey]: item[sortKey] };
    await client.send(new UpdateCommand({ TableName: tableName, Key, ...update })).catch((error: unknown) => {
      // It was changed or deleted meanwhile: the next pass looks again.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }
}

/** The subjects that an item is held for. */
function subjectsIn(item: HeldItem): readonly string[] {
  return textsIn(item[HELD_BY]);
}

/** The texts of one of DynamoDB's sets. */
function textsIn(set: unknown): readonly string[] {
  return set instanceof Set ? [...set].map(String) : [];
}
