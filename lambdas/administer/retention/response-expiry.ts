import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { RESPONSES_TABLE } from "../../../contracts/retention/stored-items.ts";
import { keyTenant, type SubjectData } from "../../../domain/erasure/erased-subject.ts";
import { eachOf } from "../store/each-of.ts";
import type { IsLate } from "../store/erasable-data.ts";
import type { Settled } from "./expiry-store.ts";

const PAGE = 100;
const CONCURRENCY = 20;
const SECONDS_PER_DAY = 86_400;

interface LateResponse {
  readonly id: string;
  /** That has its end. */
  readonly attribute: string;
  /** Unix seconds. */
  readonly stored: number;
  /** Unix seconds. */
  readonly wanted: number;
}

/** Sets when stored responses end. Those that are held get the end that they have after the hold. */
export class ResponseExpiry {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /** @param usual the environment's days, by which the end of a response was set that does not say when it was stored */
  async settle(
    { tenants, keyIds }: SubjectData,
    { days, usual }: { readonly days: number; readonly usual: number },
    isLate: IsLate,
  ): Promise<Settled> {
    let changed = 0;
    for (const tenant of [...tenants, ...keyIds.map(keyTenant)]) {
      let start: Record<string, unknown> | undefined;
      do {
        if (isLate()) return { changed, isDone: false };
        const { Items = [], LastEvaluatedKey: last } = await this.#page(tenant, start);
        const late = Items.flatMap(({ id, expiresAt, heldExpiry, storedAt }) => {
          const end = Number(expiresAt ?? heldExpiry);
          const stored = Number(storedAt ?? end - usual * SECONDS_PER_DAY);
          const wanted = stored + days * SECONDS_PER_DAY;
          const attribute = expiresAt === undefined ? RESPONSES_TABLE.heldEndAttribute : RESPONSES_TABLE.ttlAttribute;
          return Number.isFinite(wanted) && wanted !== end ? [{ id: String(id), attribute, stored, wanted }] : [];
        });
        await eachOf(late, CONCURRENCY, (one) => this.#set(tenant, one));
        changed += late.length;
        start = last;
      } while (start !== undefined);
    }
    return { changed, isDone: true };
  }

  #page(tenant: string, start: Record<string, unknown> | undefined) {
    const { hashKey, rangeKey, ttlAttribute, heldEndAttribute, storedAttribute } = RESPONSES_TABLE;
    return this.#client.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: "#tenant = :tenant",
        ProjectionExpression: "#tenant, #id, #end, #heldEnd, #stored",
        ExpressionAttributeNames: {
          "#tenant": hashKey,
          "#id": rangeKey,
          "#end": ttlAttribute,
          "#heldEnd": heldEndAttribute,
          "#stored": storedAttribute,
        },
        ExpressionAttributeValues: { ":tenant": tenant },
        ConsistentRead: true,
        Limit: PAGE,
        ExclusiveStartKey: start,
      }),
    );
  }

  async #set(tenant: string, { id, attribute, stored, wanted }: LateResponse): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.#tableName,
      Key: { tenant, id },
      UpdateExpression: "SET #end = :end, #stored = :stored",
      ConditionExpression: "attribute_exists(#end)",
      ExpressionAttributeNames: { "#end": attribute, "#stored": RESPONSES_TABLE.storedAttribute },
      ExpressionAttributeValues: { ":end": wanted, ":stored": stored },
    });
    await this.#client.send(command).catch((error: unknown) => {
      // It was deleted, held or released meanwhile: the next pass looks again.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }
}
