import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { paginateQuery, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { USAGE_TABLE, type UsageSums } from "../../../contracts/usage/usage-counter.ts";
import { type CreditUse, creditCounter, quotaSeries, readCreditUse } from "../../../domain/limits/credit-use.ts";
import { readUsageKey, type UsageKeyParts } from "../../../domain/usage/usage-keys.ts";
import type { UsageRange } from "../../../domain/usage/usage-ranges.ts";
import { readSums } from "../../../domain/usage/usage-sums.ts";

/** The sums of one bucket and one value of each dimension of a grouping. */
export interface StoredSums extends UsageKeyParts {
  readonly sums: UsageSums;
}

/** Where sums of usage are read. */
export interface UsageSource {
  /** What is used of a grant of credit; zeros where nothing was. */
  creditUse(creditId: string): Promise<CreditUse>;
  /** All sums of a range. @returns undefined where there are more than `most` */
  read(range: UsageRange, most: number): Promise<readonly StoredSums[] | undefined>;
}

/** The usage table. */
export class DynamoUsageSource implements UsageSource {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async creditUse(creditId: string): Promise<CreditUse> {
    // A query, as that is what the function may send.
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: "#series = :series AND #entry = :entry",
        ExpressionAttributeNames: { "#series": USAGE_TABLE.hashKey, "#entry": USAGE_TABLE.rangeKey },
        ExpressionAttributeValues: { ":series": quotaSeries(creditCounter(creditId)), ":entry": "lifetime" },
        ConsistentRead: true,
      }),
    );
    return readCreditUse(Items[0] ?? {});
  }

  async read({ series, from, to }: UsageRange, most: number): Promise<readonly StoredSums[] | undefined> {
    const found: StoredSums[] = [];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        KeyConditionExpression: "#series = :series AND #entry BETWEEN :from AND :to",
        ExpressionAttributeNames: { "#series": USAGE_TABLE.hashKey, "#entry": USAGE_TABLE.rangeKey },
        ExpressionAttributeValues: { ":series": series, ":from": from, ":to": to },
        Limit: most + 1,
      },
    );
    for await (const { Items = [] } of pages) {
      for (const item of Items) {
        const key = readUsageKey({ series: String(item.series), entry: String(item.entry) });
        if (key !== undefined) found.push({ ...key, sums: readSums(item) });
      }
      if (found.length > most) return undefined;
    }
    return found;
  }
}
