import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { amortisedSeries, CostShare, StoredShares } from "../../contracts/usage/amortised-cost.ts";
import { USAGE_STORED_SECONDS } from "../../contracts/usage/usage-counter.ts";

const ENTRY = "shares";
/** Of one item, which has at most 400 KB. */
const SHARES = 500;
/** As long as the sums of hours, which can't be recounted afterwards. */
const STORED_SECONDS = USAGE_STORED_SECONDS["1h"] ?? 0;
const Part = z.object({ shares: z.array(CostShare) });

/** The shares of hours in the table of usage: those of an hour are written once, and never changed. */
export class AmortisedShares {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /** @param start Unix seconds of the hour's beginning @returns undefined where the hour has none yet */
  async read(start: number): Promise<readonly CostShare[] | undefined> {
    const found = await this.#item(start, ENTRY);
    if (found === undefined) return undefined;
    const { run, parts } = StoredShares.parse(found);
    const shares: CostShare[] = [];
    for (let part = 0; part < parts; part++)
      shares.push(...Part.parse(await this.#item(start, partEntry(run, part))).shares);
    return shares;
  }

  /** Writes the shares of an hour, unless it has some. @returns those that it has */
  async write(start: number, shares: readonly CostShare[]): Promise<readonly CostShare[]> {
    const run = randomUUID();
    const parts = Math.ceil(shares.length / SHARES);
    for (let part = 0; part < parts; part++)
      await this.#put(start, partEntry(run, part), { shares: shares.slice(part * SHARES, (part + 1) * SHARES) });
    try {
      await this.#put(start, ENTRY, { run, parts } satisfies StoredShares, "attribute_not_exists(entry)");
      return shares;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return (await this.read(start)) ?? [];
    }
  }

  async #item(start: number, entry: string): Promise<Record<string, unknown> | undefined> {
    const Key = { series: amortisedSeries(start), entry };
    const { Item } = await this.#client.send(new GetCommand({ TableName: this.#tableName, Key, ConsistentRead: true }));
    return Item;
  }

  async #put(start: number, entry: string, item: Readonly<Record<string, unknown>>, condition?: string): Promise<void> {
    const Item = { series: amortisedSeries(start), entry, ...item, expiresAt: start + STORED_SECONDS };
    const conditional = condition === undefined ? {} : { ConditionExpression: condition };
    await this.#client.send(new PutCommand({ TableName: this.#tableName, Item, ...conditional }));
  }
}

function partEntry(run: string, part: number): string {
  return `part ${run} ${String(part).padStart(6, "0")}`;
}
