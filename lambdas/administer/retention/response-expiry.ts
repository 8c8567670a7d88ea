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

/** Sets when stored responses end. */
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
        const late = Items.flatMap(({ id, expiresAt, storedAt }) => {
          const [end, stored] = [Number(expiresAt), Number(storedAt ?? Number(expiresAt) - usual * SECONDS_PER_DAY)];
          const wanted = stored + days * SECONDS_PER_DAY;
          return Number.isFinite(wanted) && wanted !== end ? [{ id: String(id), stored, wanted }] : [];
        });
        await eachOf(late, CONCURRENCY, ({ id, stored, wanted }) => this.#set(tenant, id, stored, wanted));
        changed += late.length;
        start = last;
      } while (start !== undefined);
    }
    return { changed, isDone: true };
  }

  #page(tenant: string, start: Record<string, unknown> | undefined) {
    const { hashKey, rangeKey, ttlAttribute, storedAttribute } = RESPONSES_TABLE;
    return this.#client.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: "#tenant = :tenant",
        ProjectionExpression: "#tenant, #id, #end, #stored",
        ExpressionAttributeNames: {
          "#tenant": hashKey,
          "#id": rangeKey,
          "#end": ttlAttribute,
          "#stored": storedAttribute,
        },
        ExpressionAttributeValues: { ":tenant": tenant },
        ConsistentRead: true,
        Limit: PAGE,
        ExclusiveStartKey: start,
      }),
    );
  }

  async #set(tenant: string, id: string, stored: number, end: number): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.#tableName,
      Key: { tenant, id },
      UpdateExpression: "SET #end = :end, #stored = :stored",
      ConditionExpression: "attribute_exists(#end)",
      ExpressionAttributeNames: { "#end": RESPONSES_TABLE.ttlAttribute, "#stored": RESPONSES_TABLE.storedAttribute },
      ExpressionAttributeValues: { ":end": end, ":stored": stored },
    });
    await this.#client.send(command).catch((error: unknown) => {
      // It was deleted meanwhile.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }
}
