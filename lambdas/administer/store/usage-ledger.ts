import { gunzipSync, gzipSync } from "node:zlib";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, paginateQuery, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { adjustmentsSeries, recountsSeries, StoredAdjustment } from "../../../contracts/usage/corrections.ts";
import { USAGE_SUMS, USAGE_TABLE, USAGE_WIDTHS } from "../../../contracts/usage/usage-counter.ts";
import { isLostRace } from "../../../domain/tenancy/lost-race.ts";
import { hourPrefix, segmentKey, segmentOf } from "../../../domain/usage/segment-names.ts";
import type { StoredUsage, UsageDifference } from "../../../domain/usage/usage-differences.ts";
import type { UsageRange } from "../../../domain/usage/usage-ranges.ts";
import { readSums, type UsageAddition } from "../../../domain/usage/usage-sums.ts";
import { type CountResult, countFiles } from "../../count-usage/count-usage.ts";
import { additionAction, type DynamoUsageSums } from "../../count-usage/dynamo-usage-sums.ts";
import type { S3UsageFiles } from "../../count-usage/s3-usage-files.ts";
import type { OtherAction } from "./control-store.ts";
import { eachOf } from "./each-of.ts";

export interface UsageLedgerOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly files: S3UsageFiles;
  readonly sums: DynamoUsageSums;
  /** Days for which the files of events are stored. */
  readonly retentionDays: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

const HOUR = USAGE_WIDTHS["1h"];
/** Files that are read at once. */
const READS = 16;
/** Sums that are corrected in one transaction, with the entry of the ledger. */
const CHUNK = 90;
const LAST = "\uffff";
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** The files of events, the adjustments and the sums, for what corrects them. */
export class UsageLedger {
  readonly #options: UsageLedgerOptions;

  constructor(options: UsageLedgerOptions) {
    this.#options = options;
  }

  get retentionDays(): number {
    return this.#options.retentionDays;
  }

  /** Keys of the files whose segments began in these hours. @param from the first one's beginning, in Unix seconds @param to the last one's */
  async files(from: number, to: number): Promise<readonly string[]> {
    const keys: string[] = [];
    for (let hour = from; hour <= to; hour += HOUR)
      keys.push(...(await this.#options.files.under(hourPrefix(hour))).map(({ key }) => key));
    return keys;
  }

  /** Hands over files until one of them is enough, in any order. @returns false where the time was over before */
  async eachFile(
    keys: readonly string[],
    isOver: () => boolean,
    work: (key: string, bytes: Uint8Array) => boolean,
  ): Promise<boolean> {
    const state = { isEnough: false, isLate: false };
    await eachOf(keys, READS, async (key) => {
      if (state.isEnough || state.isLate) return;
      if (isOver()) state.isLate = true;
      else if (work(key, await this.#options.files.read(key))) state.isEnough = true;
    });
    return !state.isLate;
  }

  /** Counts the files that are not counted yet. */
  async count(keys: readonly string[]): Promise<CountResult & { readonly counted: number }> {
    const { sums, files, now } = this.#options;
    const counted = await sums.counted(keys.map(segmentOf));
    const missed = keys.filter((key) => !counted.has(segmentOf(key)));
    const result = await countFiles(missed, { sums, files, now });
    return { ...result, counted: missed.length - result.left };
  }

  /** The adjustments of requests that ended in an hour, or of one of them. @param seconds a time within the hour */
  async adjustments(seconds: number, requestId?: string): Promise<readonly StoredAdjustment[]> {
    const series = adjustmentsSeries(seconds);
    const begin = requestId === undefined ? "" : `${requestId} `;
    const found: StoredAdjustment[] = [];
    for await (const item of this.#query({ series, from: begin === "" ? " " : begin, to: `${begin}${LAST}` }))
      found.push(StoredAdjustment.parse(item.adjustment));
    return found;
  }

  /** What of a transaction stores an adjustment and adds it to the sums. It holds while there is none of its number. */
  adjustmentActions(adjustment: StoredAdjustment, additions: readonly UsageAddition[]): readonly OtherAction[] {
    const { tableName: TableName } = this.#options;
    const { event, number } = adjustment;
    const Item = {
      series: adjustmentsSeries(Date.parse(event.endedAt) / 1000),
      entry: `${event.id} ${String(number).padStart(6, "0")}`,
      adjustment,
    };
    return [
      { Put: { TableName, Item, ConditionExpression: "attribute_not_exists(entry)" } },
      ...additions.map((addition) => additionAction(TableName, addition)),
    ];
  }

  /** The sums of ranges, as they are now. */
  async stored(ranges: readonly UsageRange[]): Promise<readonly StoredUsage[]> {
    const found: StoredUsage[] = [];
    for (const range of ranges)
      for await (const item of this.#query(range))
        found.push({ series: String(item.series), entry: String(item.entry), sums: readSums(item) });
    return found;
  }

  /**
   * Adds differences to the sums, each set of them with an entry of its own in the ledger, and only where the sums are still
   * what they were. @returns how many were added: fewer than there are where something was counted meanwhile
   */
  async correct(start: number, id: string, differences: readonly UsageDifference[]): Promise<number> {
    const { client } = this.#options;
    for (let done = 0; done < differences.length; done += CHUNK) {
      const chunk = differences.slice(done, done + CHUNK);
      const TransactItems = [this.#entry(start, `${id} ${done}`, chunk), ...chunk.map((one) => this.#correction(one))];
      try {
        await client.send(new TransactWriteCommand({ TransactItems }));
      } catch (error) {
        if (error instanceof TransactionCanceledException && isLostRace(error.CancellationReasons)) return done;
        throw error;
      }
    }
    return differences.length;
  }

  /** Whether the segment's file is there. */
  async has(segment: string): Promise<boolean> {
    const key = segmentKey(segment);
    return (await this.#options.files.under(key)).some((file) => file.key === key);
  }

  /** Writes the lines of events as the file of a segment. S3 then calls the function that counts it. */
  async write(segment: string, lines: readonly string[]): Promise<void> {
    await this.#options.files.write(segmentKey(segment), gzipSync(`${lines.join("\n")}\n`));
  }

  #entry(start: number, entry: string, differences: readonly UsageDifference[]): OtherAction {
    const added = differences.map(({ series, entry: of, missing }) => ({
      series,
      entry: of,
      added: Object.fromEntries(USAGE_SUMS.filter((name) => missing[name] !== 0).map((name) => [name, missing[name]])),
    }));
    const Item = { series: recountsSeries(start), entry, added, correctedAt: this.#options.now() };
    return {
      Put: { TableName: this.#options.tableName, Item, ConditionExpression: "attribute_not_exists(entry)" },
    };
  }

  #correction({ series, entry, missing, stored, expiresAt }: UsageDifference): OtherAction {
    const { Update } = additionAction(this.#options.tableName, { series, entry, sums: missing, expiresAt });
    const conditions = USAGE_SUMS.map((name) =>
      stored[name] === 0 ? `(attribute_not_exists(#${name}) OR #${name} = :is_${name})` : `#${name} = :is_${name}`,
    );
    return {
      Update: {
        ...Update,
        ConditionExpression: conditions.join(" AND "),
        ExpressionAttributeNames: {
          ...Update.ExpressionAttributeNames,
          ...Object.fromEntries(USAGE_SUMS.map((name) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ...Update.ExpressionAttributeValues,
          ...Object.fromEntries(USAGE_SUMS.map((name) => [`:is_${name}`, stored[name]])),
        },
      },
    };
  }

  async *#query({ series, from, to }: UsageRange): AsyncGenerator<Record<string, unknown>> {
    const { client, tableName: TableName } = this.#options;
    const pages = paginateQuery(
      { client },
      {
        TableName,
        KeyConditionExpression: "#series = :series AND #entry BETWEEN :from AND :to",
        ExpressionAttributeNames: { "#series": USAGE_TABLE.hashKey, "#entry": USAGE_TABLE.rangeKey },
        ExpressionAttributeValues: { ":series": series, ":from": from, ":to": to },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) yield* Items;
  }
}

/** The lines of a file as they are. */
export function linesIn(bytes: Uint8Array): readonly string[] {
  const text = gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES }).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
}
