import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import { HISTORY_TABLE, StoredGeneration } from "../../../contracts/history/stored-generation.ts";
import { type GenerationContent, openContent } from "../../../domain/history/generation-content.ts";
import {
  erasedSubject,
  listEntry,
  listPartition,
  partKey,
  subjectsOf,
} from "../../../domain/history/generation-keys.ts";
import { isSortKey } from "../../../lib/sort-key.ts";
import { HistoryHolds } from "./history-holds.ts";

/** Generations of a list, the newest first, and where the next page begins. */
export interface HistoryPage {
  readonly generations: readonly StoredGeneration[];
  /** @default - there is no more */
  readonly next: string | undefined;
}

/** Where the history of generations is read. */
export interface HistorySource {
  /** @param after the `next` of the page before */
  list(subject: string, after: string | undefined, limit: number): Promise<HistoryPage>;
  find(id: string): Promise<StoredGeneration | undefined>;
  /** @returns undefined where it was erased */
  content(generation: StoredGeneration): Promise<GenerationContent | undefined>;
  /** @param foundBy subject in whose list it was found: a run that ends in the middle finds it there again. @default - it was found by its id */
  remove(generation: StoredGeneration, foundBy?: string): Promise<void>;
  /**
   * Ends a subject's data key for good: also one that comes back from a backup, or that is made again.
   * @returns whether there was one
   */
  eraseKey(subject: string): Promise<boolean>;
  readonly holds: Pick<HistoryHolds, "heldAmong" | "hold" | "release">;
}

export interface HistoryTables {
  readonly history: string;
  readonly keys: string;
}

/** The history table, and the table of data keys. */
export class DynamoHistorySource implements HistorySource {
  readonly holds: HistoryHolds;
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: HistoryTables;
  /** Milliseconds since 1970. */
  readonly #now: () => number;

  constructor(client: DynamoDBDocumentClient, tables: HistoryTables, now: () => number) {
    this.holds = new HistoryHolds(client, tables);
    this.#client = client;
    this.#tables = tables;
    this.#now = now;
  }

  async list(subject: string, after: string | undefined, limit: number): Promise<HistoryPage> {
    const Key = { partition: listPartition(subject), entry: after };
    if (!isSortKey(Key.partition) || (after !== undefined && !isSortKey(after)))
      return { generations: [], next: undefined };
    const { Items = [], LastEvaluatedKey: last } = await this.#client.send(
      new QueryCommand({
        TableName: this.#tables.history,
        KeyConditionExpression: `#partition = :partition${after === undefined ? "" : " AND #entry < :after"}`,
        ExpressionAttributeNames: {
          "#partition": HISTORY_TABLE.hashKey,
          ...(after === undefined ? {} : { "#entry": HISTORY_TABLE.rangeKey }),
        },
        ExpressionAttributeValues: {
          ":partition": Key.partition,
          ...(after === undefined ? {} : { ":after": after }),
        },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    const generations = Items.filter((item) => this.#isLive(item)).flatMap(readGeneration);
    return { generations, next: last === undefined ? undefined : String(last[HISTORY_TABLE.rangeKey]) };
  }

  async find(id: string): Promise<StoredGeneration | undefined> {
    const item = isSortKey(partKey(id, 0).partition) ? await this.#part(id, 0) : undefined;
    return item === undefined || !this.#isLive(item) ? undefined : readGeneration(item)[0];
  }

  async content(generation: StoredGeneration): Promise<GenerationContent | undefined> {
    const { id, parts } = generation;
    const [keys, ...items] = await Promise.all([
      this.#dataKeys(subjectsOf(generation)),
      ...Array.from({ length: parts }, (_, part) => this.#part(id, part)),
    ]);
    if (keys === undefined) return undefined;
    const pieces = items.flatMap((item) => (item?.content instanceof Uint8Array ? [item.content] : []));
    if (pieces.length < parts) return undefined;
    try {
      return await openContent(Buffer.concat(pieces), keys, id);
    } catch {
      // A data key that was made after the first one was erased.
      return undefined;
    }
  }

  async remove(generation: StoredGeneration, foundBy?: string): Promise<void> {
    const { id, parts } = generation;
    const inList = (subject: string) => ({ partition: listPartition(subject), entry: listEntry(generation) });
    const others = subjectsOf(generation).filter((subject) => subject !== foundBy);
    // The first part is removed last, or the entry by which it was found: until then the rest is found again.
    const contents = Array.from({ length: parts }, (_, part) => partKey(id, parts - 1 - part));
    const found = foundBy === undefined ? [] : [inList(foundBy)];
    for (const Key of [...others.map(inList), ...contents, ...found])
      await this.#client.send(new DeleteCommand({ TableName: this.#tables.history, Key }));
  }

  async eraseKey(subject: string): Promise<boolean> {
    const { keys: TableName } = this.#tables;
    const Item = { subject: erasedSubject(subject), erasedAt: new Date(this.#now()).toISOString() };
    // The mark first: whatever comes in between, the key is not used.
    await this.#client.send(new PutCommand({ TableName, Item }));
    const command = new DeleteCommand({ TableName, Key: { subject }, ReturnValues: "ALL_OLD" });
    return (await this.#client.send(command)).Attributes !== undefined;
  }

  async #part(id: string, part: number) {
    const command = new GetCommand({ TableName: this.#tables.history, Key: partKey(id, part), ConsistentRead: true });
    return (await this.#client.send(command)).Item;
  }

  /** The data keys of subjects, in their order. @returns undefined where one was erased */
  async #dataKeys(subjects: readonly string[]): Promise<readonly Buffer[] | undefined> {
    const { keys: table } = this.#tables;
    const Keys = subjects.flatMap((subject) => [{ subject }, { subject: erasedSubject(subject) }]);
    const command = new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } });
    const { Responses, UnprocessedKeys } = await this.#client.send(command);
    if (UnprocessedKeys?.[table] !== undefined) throw new Error("DynamoDB did not return all data keys.");
    const found = new Map(Responses?.[table]?.map(({ subject, dataKey }) => [String(subject), dataKey]));
    const all = subjects.flatMap((subject) => {
      const key: unknown = found.get(subject);
      return key instanceof Uint8Array && !found.has(erasedSubject(subject)) ? [Buffer.from(key)] : [];
    });
    return all.length === subjects.length ? all : undefined;
  }

  /** DynamoDB may take days to remove what has expired. */
  #isLive(item: Readonly<Record<string, unknown>>): boolean {
    const expiresAt = item[HISTORY_TABLE.ttlAttribute];
    // Nothing of a subject that is held expires.
    return expiresAt === undefined || Number(expiresAt) * 1000 > this.#now();
  }
}

function readGeneration({ generation }: Readonly<Record<string, unknown>>): readonly StoredGeneration[] {
  const { data } = StoredGeneration.safeParse(generation);
  return data === undefined ? [] : [data];
}
