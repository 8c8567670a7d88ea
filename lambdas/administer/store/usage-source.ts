import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { paginateQuery, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { USAGE_SUMS, USAGE_TABLE, type UsageSums } from "../../../contracts/usage/usage-counter.ts";
import { type CreditUse, creditCounter, quotaSeries, readCreditUse } from "../../../domain/limits/credit-use.ts";
import { readUsageKey, type UsageKeyParts } from "../../../domain/usage/usage-keys.ts";
import { FIRST_USAGE, type UsageRange, usedDayRanges } from "../../../domain/usage/usage-ranges.ts";
import { readSums } from "../../../domain/usage/usage-sums.ts";

/** The sums of one bucket and one value of each dimension of a grouping. */
export interface StoredSums extends UsageKeyParts {
  readonly sums: UsageSums;
}

/** Where sums of usage are read. */
export interface UsageSource {
  /** What is used of a grant of credit; zeros where nothing was. */
  creditUse(creditId: string): Promise<CreditUse>;
  /** What counts in a window of a limit, by the name of its counter and the window's id; 0 where nothing does. */
  quotaUse(counter: string, window: string): Promise<number>;
  /**
   * All sums of a range.
   * @param hasLatency whether their histograms of latencies are read too, which are most of an item's attributes
   * @returns undefined where there are more than `most`
   */
  read(range: UsageRange, most: number, hasLatency: boolean): Promise<readonly StoredSums[] | undefined>;
  /** The first day (UTC) with usage of anybody that begins before `end`. @returns undefined where there is none */
  firstDay(end: number): Promise<number | undefined>;
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
    return readCreditUse(await this.#quota(creditCounter(creditId), "lifetime"));
  }

  async quotaUse(counter: string, window: string): Promise<number> {
    return readCreditUse(await this.#quota(counter, window)).used;
  }

  /** The item of a counter in a window, by a query, as that is what the function may send. */
  async #quota(counter: string, window: string): Promise<Readonly<Record<string, unknown>>> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: "#series = :series AND #entry = :entry",
        ExpressionAttributeNames: { "#series": USAGE_TABLE.hashKey, "#entry": USAGE_TABLE.rangeKey },
        ExpressionAttributeValues: { ":series": quotaSeries(counter), ":entry": window },
        ConsistentRead: true,
      }),
    );
    return Items[0] ?? {};
  }

  async firstDay(end: number): Promise<number | undefined> {
    const firsts = await Promise.all(
      usedDayRanges(FIRST_USAGE, end).map(async (range) => {
        const { Items = [] } = await this.#client.send(new QueryCommand({ ...this.#between(range), Limit: 1 }));
        return Items.flatMap((item) => readUsageKey({ series: String(item.series), entry: String(item.entry) }) ?? []);
      }),
    );
    return firsts.flat()[0]?.start;
  }

  async read(range: UsageRange, most: number, hasLatency: boolean): Promise<readonly StoredSums[] | undefined> {
    const found: StoredSums[] = [];
    const pages = paginateQuery(
      { client: this.#client },
      { ...(hasLatency ? this.#between(range) : this.#withoutLatency(range)), Limit: most + 1 },
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

  #between({ series, from, to }: UsageRange) {
    return {
      TableName: this.#tableName,
      KeyConditionExpression: "#series = :series AND #entry BETWEEN :from AND :to",
      ExpressionAttributeNames: { "#series": USAGE_TABLE.hashKey, "#entry": USAGE_TABLE.rangeKey },
      ExpressionAttributeValues: { ":series": series, ":from": from, ":to": to },
    };
  }

  #withoutLatency(range: UsageRange) {
    const query = this.#between(range);
    const names = Object.fromEntries(USAGE_SUMS.map((name) => [`#${name}`, name]));
    return {
      ...query,
      ProjectionExpression: ["#series", "#entry", ...Object.keys(names)].join(", "),
      ExpressionAttributeNames: { ...query.ExpressionAttributeNames, ...names },
    };
  }
}
