import { gunzipSync, gzipSync } from "node:zlib";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, paginateQuery, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { amortisedSeries, type CostShare } from "../../../contracts/usage/amortised-cost.ts";
import { adjustmentsSeries, recountsSeries, StoredAdjustment } from "../../../contracts/usage/corrections.ts";
import { USAGE_SUMS, USAGE_TABLE, USAGE_WIDTHS } from "../../../contracts/usage/usage-counter.ts";
import { isLostRace } from "../../../domain/tenancy/lost-race.ts";
import { amortisedAdditions } from "../../../domain/usage/amortised-cost.ts";
import { isLatencyCount } from "../../../domain/usage/latency-histogram.ts";
import { hourPrefix, segmentKey, segmentOf } from "../../../domain/usage/segment-names.ts";
import type { StoredUsage, UsageDifference } from "../../../domain/usage/usage-differences.ts";
import { readUsageKey } from "../../../domain/usage/usage-keys.ts";
import { type UsageRange, usedDayRanges } from "../../../domain/usage/usage-ranges.ts";
import { changedSums, readSums, type UsageAddition } from "../../../domain/usage/usage-sums.ts";
import { AmortisedShares } from "../../count-usage/amortised-shares.ts";
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

/** Files that were not counted before: how many are now, and how many are not. */
interface Counted {
  readonly counted: number;
  readonly left: number;
}

export interface ListedAdjustment {
  /** Its sort key. */
  readonly entry: string;
  readonly adjustment: StoredAdjustment;
}

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

  /** Counts the files that are not counted yet, some at a time until the time is over. */
  async count(keys: readonly string[], isOver: () => boolean): Promise<CountResult & Counted> {
    const { sums, files, now } = this.#options;
    const counted = await sums.counted(keys.map(segmentOf));
    const missed = keys.filter((key) => !counted.has(segmentOf(key)));
    const result = { unreadable: 0, errors: [] as Error[], counted: 0 };
    for (let start = 0; start < missed.length && !isOver(); start += READS) {
      const some = missed.slice(start, start + READS);
      const { unreadable, errors, left } = await countFiles(some, { sums, files, now });
      result.unreadable += unreadable;
      result.errors.push(...errors);
      result.counted += some.length - left;
    }
    return { ...result, left: missed.length - result.counted };
  }

  /**
   * What requests of these hours have of the costs of pools, each counted first where it is not, as the schedule would.
   * @param from the first hour's beginning, in Unix seconds @param to the end of the last one
   * @returns by the beginnings of the hours that have some
   */
  async costShares(from: number, to: number): Promise<ReadonlyMap<number, readonly CostShare[]>> {
    const { client, tableName, sums } = this.#options;
    const stored = new AmortisedShares(client, tableName);
    const hours = Array.from({ length: (to - from) / HOUR }, (_, index) => from + index * HOUR);
    const found = new Map<number, readonly CostShare[]>();
    await eachOf(hours, READS, async (hour) => {
      const shares = await stored.read(hour);
      if (shares === undefined) return;
      await sums.add(amortisedSeries(hour), amortisedAdditions(shares, hour));
      found.set(hour, shares);
    });
    return found;
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

  /** Beginnings of the days (UTC) of a span with usage, which are all that can have adjustments, in their order. */
  async usedDays(start: number, end: number): Promise<readonly number[]> {
    const found = new Set<number>();
    await eachOf(usedDayRanges(start, end), READS, async (range) => {
      for await (const item of this.#query(range)) {
        const key = readUsageKey({ series: String(item.series), entry: String(item.entry) });
        if (key !== undefined) found.add(key.start);
      }
    });
    return [...found].toSorted((a, b) => a - b);
  }

  /**
   * The first adjustments of an hour, by request and number.
   * @param seconds a time within the hour
   * @param after the `entry` of the one before @default - the hour's beginning
   */
  async firstAdjustments(seconds: number, limit: number, after = ""): Promise<readonly ListedAdjustment[]> {
    const range = { series: adjustmentsSeries(seconds), from: `${after} `, to: LAST };
    const found: ListedAdjustment[] = [];
    for await (const item of this.#query(range, limit)) {
      found.push({ entry: String(item.entry), adjustment: StoredAdjustment.parse(item.adjustment) });
      if (found.length === limit) break;
    }
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
      added: Object.fromEntries(changedSums(missing).map((name) => [name, missing[name]])),
    }));
    const Item = { series: recountsSeries(start), entry, added, correctedAt: this.#options.now() };
    return {
      Put: { TableName: this.#options.tableName, Item, ConditionExpression: "attribute_not_exists(entry)" },
    };
  }

  #correction({ series, entry, missing, stored, expiresAt }: UsageDifference): OtherAction {
    const { Update } = additionAction(this.#options.tableName, { series, entry, sums: missing, expiresAt });
    // What is counted changes `requests`. Another correction changes all counts of latencies that this one does, so that one of
    // them stands for all: DynamoDB takes at most 300 operators.
    const [latency] = changedSums(missing).filter(isLatencyCount);
    const guarded = [...USAGE_SUMS, ...(latency === undefined ? [] : [latency])];
    const conditions = guarded.map((name) =>
      (stored[name] ?? 0) === 0
        ? `(attribute_not_exists(#${name}) OR #${name} = :is_${name})`
        : `#${name} = :is_${name}`,
    );
    return {
      Update: {
        ...Update,
        ConditionExpression: conditions.join(" AND "),
        ExpressionAttributeNames: {
          ...Update.ExpressionAttributeNames,
          ...Object.fromEntries(guarded.map((name) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ...Update.ExpressionAttributeValues,
          ...Object.fromEntries(guarded.map((name) => [`:is_${name}`, stored[name] ?? 0])),
        },
      },
    };
  }

  /** @param limit of one response. @default - as many as fit into 1 MB */
  async *#query({ series, from, to }: UsageRange, limit?: number): AsyncGenerator<Record<string, unknown>> {
    const { client, tableName: TableName } = this.#options;
    const pages = paginateQuery(
      { client },
      {
        TableName,
        KeyConditionExpression: "#series = :series AND #entry BETWEEN :from AND :to",
        ExpressionAttributeNames: { "#series": USAGE_TABLE.hashKey, "#entry": USAGE_TABLE.rangeKey },
        ExpressionAttributeValues: { ":series": series, ":from": from, ":to": to },
        ConsistentRead: true,
        ...(limit === undefined ? {} : { Limit: limit }),
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
