import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { changedSums, type UsageAddition } from "../../domain/usage/usage-sums.ts";

export interface DynamoUsageSumsOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Longest first pause after a conflict, in milliseconds. @default 50 */
  readonly retryMs?: number;
}

/** What is counted of a segment: an item of the table beside the sums. */
const Mark = z.object({
  /** Chunks of its additions that are in the sums. */
  counted: z.int().nonnegative(),
  chunks: z.int().nonnegative(),
  /** Digest of the additions: a release with other sums must not go on where this one stopped. */
  plan: z.string(),
});
type Mark = z.infer<typeof Mark>;

/** DynamoDB's limit of actions in a transaction, less the mark. */
const CHUNK = 99;
/** The longest that a file may be written again, or its notification repeated. */
const MARK_SECONDS = 450 * 86_400;
const ATTEMPTS = 12;
const MAX_PAUSE_MS = 3000;
/** Keys of one BatchGetItem. */
const BATCH = 100;
/** What two transactions at the same item, or a table that is busy, are refused with: nothing was written. */
const PASSING = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);

/**
 * Adds the events of segments to the sums, each exactly once: a transaction adds a chunk of them, and counts the chunk in
 * the segment's mark under the condition that it is the next. A repeated or interrupted run goes on behind it.
 */
export class DynamoUsageSums {
  readonly #options: DynamoUsageSumsOptions;

  constructor(options: DynamoUsageSumsOptions) {
    this.#options = options;
  }

  /** @throws when the table does not take it; what was added stays counted */
  async add(segment: string, additions: readonly UsageAddition[]): Promise<void> {
    const plan = planOf(additions);
    const chunks = Math.ceil(additions.length / CHUNK);
    let mark = await this.#mark(segment);
    while (mark === undefined || mark.counted < mark.chunks) {
      if (mark !== undefined && mark.plan !== plan)
        throw new Error(`${mark.counted} of ${mark.chunks} parts of it were counted by a release with other sums`);
      const counted = mark?.counted ?? 0;
      const chunk = additions.slice(counted * CHUNK, (counted + 1) * CHUNK);
      mark = await this.#addChunk(segment, chunk, { counted, chunks: Math.max(1, chunks), plan });
    }
  }

  /**
   * Which of these segments are counted to their end, by reads that may be some seconds old and cost half as much: to count a
   * segment again changes nothing.
   */
  async counted(segments: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let start = 0; start < segments.length; start += BATCH)
      for (const item of await this.#items(segments.slice(start, start + BATCH).map(markKey))) {
        const mark = Mark.safeParse(item).data;
        if (mark !== undefined && mark.counted >= mark.chunks) found.add(String(item.series).slice(MARK.length));
      }
    return found;
  }

  async #items(keys: readonly Record<string, unknown>[]): Promise<readonly Record<string, unknown>[]> {
    const { tableName, client } = this.#options;
    const RequestItems = { [tableName]: { Keys: [...keys] } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetCommand({ RequestItems }));
    const items = Responses?.[tableName] ?? [];
    const left = UnprocessedKeys?.[tableName]?.Keys ?? [];
    return left.length === 0 ? items : [...items, ...(await this.#items(left))];
  }

  /** @returns the mark after it, whoever wrote it */
  async #addChunk(segment: string, additions: readonly UsageAddition[], mark: Mark): Promise<Mark | undefined> {
    const { client, retryMs = 50 } = this.#options;
    const TransactItems = [
      this.#marking(segment, mark),
      ...additions.map((addition) => additionAction(this.#options.tableName, addition)),
    ];
    for (let attempt = 1; ; attempt++) {
      try {
        await client.send(new TransactWriteCommand({ TransactItems }));
        return { ...mark, counted: mark.counted + 1 };
      } catch (error) {
        const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : undefined;
        // Somebody else has counted this chunk, or an attempt whose response was lost.
        if (reasons?.[0]?.Code === "ConditionalCheckFailed") return await this.#mark(segment);
        const isPassing = reasons?.some(({ Code }) => Code !== undefined && PASSING.has(Code)) ?? false;
        if (!isPassing || attempt === ATTEMPTS) throw error;
        await sleep(Math.random() * Math.min(MAX_PAUSE_MS, retryMs * 2 ** attempt));
      }
    }
  }

  #marking(segment: string, { counted, chunks, plan }: Mark) {
    const { tableName: TableName, now } = this.#options;
    const condition =
      counted === 0
        ? { ConditionExpression: "attribute_not_exists(#series)", ExpressionAttributeNames: { "#series": "series" } }
        : {
            ConditionExpression: "#counted = :counted AND #plan = :plan",
            ExpressionAttributeNames: { "#counted": "counted", "#plan": "plan" },
            ExpressionAttributeValues: { ":counted": counted, ":plan": plan },
          };
    const expiresAt = Math.floor(now() / 1000) + MARK_SECONDS;
    const Item = { ...markKey(segment), counted: counted + 1, chunks, plan, expiresAt };
    return { Put: { TableName, Item, ...condition } };
  }

  async #mark(segment: string): Promise<Mark | undefined> {
    const { client, tableName: TableName } = this.#options;
    const { Item } = await client.send(new GetCommand({ TableName, Key: markKey(segment), ConsistentRead: true }));
    return Item === undefined ? undefined : Mark.parse(Item);
  }
}

/** The action of a transaction that adds to the sums of an item. */
export function additionAction(TableName: string, { series, entry, sums, expiresAt }: UsageAddition) {
  const added = changedSums(sums);
  const expiry = expiresAt === undefined ? "" : " SET #expiresAt = :expiresAt";
  return {
    Update: {
      TableName,
      Key: { series, entry },
      UpdateExpression: `ADD ${added.map((name) => `#${name} :${name}`).join(", ")}${expiry}`,
      ExpressionAttributeNames: Object.fromEntries(
        [...added, ...(expiresAt === undefined ? [] : ["expiresAt"])].map((name) => [`#${name}`, name]),
      ),
      ExpressionAttributeValues: {
        ...Object.fromEntries(added.map((name) => [`:${name}`, sums[name]])),
        ...(expiresAt === undefined ? {} : { ":expiresAt": expiresAt }),
      },
    },
  };
}

const MARK = "segment ";

function markKey(segment: string) {
  return { series: MARK + segment, entry: "counted" };
}

function planOf(additions: readonly UsageAddition[]): string {
  const digest = createHash("sha256");
  for (const { series, entry } of additions) digest.update(`${series}|${entry}\n`);
  return digest.digest("base64url").slice(0, 22);
}
