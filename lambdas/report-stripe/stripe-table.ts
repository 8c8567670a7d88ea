import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { STRIPE_SERIES } from "../../contracts/billing/stripe.ts";
import { USAGE_STORED_SECONDS, USAGE_TABLE, USAGE_WIDTHS } from "../../contracts/usage/usage-counter.ts";
import type { BillingPeriod } from "../../domain/billing/billing-periods.ts";
import { type MeterSum, meterEntry, type ProjectHour } from "../../domain/billing/meter-sums.ts";
import { itemKey, storedRecord } from "../../domain/tenancy/control-items.ts";
import { readUsageKey, usageEntry, usagePeriod } from "../../domain/usage/usage-keys.ts";
import { usageRanges } from "../../domain/usage/usage-ranges.ts";
import { readSums } from "../../domain/usage/usage-sums.ts";

export interface StripeTables {
  readonly control: string;
  readonly usage: string;
}

/** What was reported of a sum. */
const Mark = z.object({
  /** The part that Stripe has. */
  sent: z.number(),
  /** The total after an event that was perhaps sent. */
  pending: z.number().optional(),
  /** When that event was sent first, in Unix milliseconds. */
  triedAt: z.number().optional(),
});
export type Mark = Readonly<z.infer<typeof Mark>>;
type SumKey = Pick<MeterSum, "hour" | "customer" | "name">;

const HOUR = USAGE_WIDTHS["1h"];
/** As long as the sums of an hour. */
const STORED_SECONDS = USAGE_STORED_SECONDS["1h"] ?? 0;
const LAST = "\uffff";

/** What the reporter to Stripe reads and writes. */
export class StripeTable {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: StripeTables;

  constructor(client: DynamoDBDocumentClient, tables: StripeTables) {
    this.#client = client;
    this.#tables = tables;
  }

  /** The customers of projects, by the project's id. */
  async customers(organizationId: string): Promise<ReadonlyMap<string, readonly BillingPeriod[]>> {
    const { recordId: from } = itemKey(organizationId, { kind: "billingCustomer", ids: [""] });
    const found = new Map<string, readonly BillingPeriod[]>();
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tables.control,
        KeyConditionExpression: "organizationId = :organization AND recordId BETWEEN :from AND :to",
        ExpressionAttributeValues: { ":organization": organizationId, ":from": from, ":to": `${from}${LAST}` },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages)
      for (const item of Items) {
        const record = storedRecord(item, "billingCustomer");
        // An hour that is reported without a project would be reported again, so nothing is until all are read.
        if (record === undefined)
          throw new Error(`The customer in ${String(item.recordId)} can't be read by this release.`);
        found.set(record.id, record.periods);
      }
    return found;
  }

  /** What was reported of hours. @param start Unix seconds, of the first one @param end of the one after the last */
  async marks(start: number, end: number): Promise<ReadonlyMap<string, Mark>> {
    const found = new Map<string, Mark>();
    const periods = new Set<string>();
    for (let hour = start; hour < end; hour += HOUR) periods.add(usagePeriod("1h", hour));
    for (const period of periods)
      for await (const item of this.#usage(`${STRIPE_SERIES}${period}`, usageEntry(start, []), usageEntry(end, [])))
        found.set(String(item[USAGE_TABLE.rangeKey]), Mark.parse(item));
    return found;
  }

  /** The sums of all projects, in the order of time. Read after the marks, they are never older than these. */
  async *projectHours(start: number, end: number): AsyncGenerator<ProjectHour> {
    for (const { series, from, to } of usageRanges({ width: "1h", grouping: "project", start, end }))
      for await (const item of this.#usage(series, from, to)) {
        const key = readUsageKey({ series, entry: String(item[USAGE_TABLE.rangeKey]) });
        if (key !== undefined) yield { hour: key.start, projectId: key.values[0] ?? "", sums: readSums(item) };
      }
  }

  /** Stores that the event up to `total` is sent next. @returns false where another run did something meanwhile */
  claim(key: SumKey, sent: number, total: number, nowMs: number): Promise<boolean> {
    return this.#update(
      key,
      "SET sent = :sent, pending = :total, triedAt = :now, claimId = :claim, expiresAt = :expiresAt",
      // The last part is its own claim, which it meets where the SDK has sent the command again.
      "(attribute_not_exists(pending) AND (attribute_not_exists(sent) OR sent = :sent)) OR claimId = :claim",
      {
        ":sent": sent,
        ":total": total,
        ":now": nowMs,
        ":claim": randomUUID(),
        ":expiresAt": key.hour + STORED_SECONDS,
      },
    );
  }

  /** Stripe has the event from `sent` up to `total`. */
  settle(key: SumKey, sent: number, total: number): Promise<boolean> {
    return this.#update(key, "SET sent = :total REMOVE pending, triedAt", "sent = :sent", {
      ":sent": sent,
      ":total": total,
    });
  }

  /** Stripe refused the event up to `total`. */
  release(key: SumKey, total: number): Promise<boolean> {
    return this.#update(key, "REMOVE pending, triedAt", "pending = :total", { ":total": total });
  }

  async *#usage(series: string, from: string, to: string): AsyncGenerator<Record<string, unknown>> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tables.usage,
        KeyConditionExpression: "#series = :series AND #entry BETWEEN :from AND :to",
        ExpressionAttributeNames: { "#series": USAGE_TABLE.hashKey, "#entry": USAGE_TABLE.rangeKey },
        ExpressionAttributeValues: { ":series": series, ":from": from, ":to": to },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) yield* Items;
  }

  async #update(
    key: SumKey,
    UpdateExpression: string,
    ConditionExpression: string,
    ExpressionAttributeValues: Record<string, unknown>,
  ): Promise<boolean> {
    const series = `${STRIPE_SERIES}${usagePeriod("1h", key.hour)}`;
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#tables.usage,
          Key: { [USAGE_TABLE.hashKey]: series, [USAGE_TABLE.rangeKey]: meterEntry(key) },
          UpdateExpression,
          ConditionExpression,
          ExpressionAttributeValues,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
