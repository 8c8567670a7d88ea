import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, paginateQuery, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { RecordOf } from "../../contracts/control/records.ts";
import type { ChainEntry } from "../../domain/audit/chain-entry.ts";
import { type ChainEnd, newChain } from "../../domain/audit/seal.ts";
import {
  chainEndKey,
  markedEvent,
  SEALER_PARTITION,
  SEALER_PREFIXES,
  unsealedKey,
  unsignedKey,
} from "../../domain/tenancy/audit-marks.ts";
import { controlItem, itemKey, storedRecord } from "../../domain/tenancy/control-items.ts";
import { cancellationText, isLostRace } from "../../domain/tenancy/lost-race.ts";
import type { AuditTable, ErasureTable, StoredChain, UnsignedErasure } from "./sealing-ports.ts";

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
/** The item of a chain's end. */
const ChainEndItem = z.object({
  version: z.int().positive(),
  end: z.object({
    chain: z.string(),
    heads: z.int(),
    head: Hash,
    entries: z.int(),
    last: Hash,
    at: z.iso.datetime().exactOptional(),
    signer: z.base64().max(1024).exactOptional(),
  }),
});
const EventItem = z.object({ record: z.object({ event: z.record(z.string(), z.unknown()) }) });
const MarkItem = z.object({ recordId: z.string() });

/** Sorts after every character of an id. */
const LAST = "\uffff";

/** The audit events of the control API's table. */
export class DynamoAuditTable implements AuditTable, ErasureTable {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async chains(): Promise<readonly StoredChain[]> {
    // Marks after ends: an event that is sealed between the two reads is not sealed again.
    const ends = (await this.#items(SEALER_PREFIXES.chainEnd)).map((item) => ChainEndItem.parse(item));
    const marks = (await this.#items(SEALER_PREFIXES.unsealed)).map((item) =>
      markedEvent(MarkItem.parse(item).recordId),
    );
    const unsealed = Map.groupBy(marks, ({ organizationId }) => organizationId);
    const known = new Set(ends.map(({ end }) => end.chain));
    const added = [...unsealed.keys()].filter((chain) => !known.has(chain));
    return [...ends, ...added.map((chain) => ({ end: newChain(chain), version: 0 }))].map(({ end, version }) => ({
      end,
      version,
      unsealed: (unsealed.get(end.chain) ?? []).map(({ eventId }) => eventId),
    }));
  }

  events(chain: string, ids: readonly string[]): Promise<readonly ChainEntry["event"][]> {
    return Promise.all(ids.map((id) => this.#event(chain, id)));
  }

  async advance({ version }: StoredChain, end: ChainEnd, sealed: readonly string[]): Promise<boolean> {
    const TableName = this.#tableName;
    const unchanged =
      version === 0
        ? { ConditionExpression: "attribute_not_exists(recordId)" }
        : {
            ConditionExpression: "#version = :version",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ":version": version },
          };
    const Item = { ...chainEndKey(end.chain), version: version + 1, end };
    const TransactItems = [
      { Put: { TableName, Item, ...unchanged } },
      // Whether a mark is still there does not matter: its event is in a segment, and the end has the version that was read.
      ...sealed.map((id) => ({ Delete: { TableName, Key: unsealedKey(end.chain, id) } })),
    ];
    try {
      await this.#client.send(new TransactWriteCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      if (isLostRace(error.CancellationReasons)) return false;
      throw new Error(`DynamoDB did not store the end of ${end.chain}: ${cancellationText(error.CancellationReasons)}`);
    }
  }

  async isCurrent({ end, version }: StoredChain): Promise<boolean> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: chainEndKey(end.chain), ConsistentRead: true }),
    );
    return (Item === undefined ? 0 : ChainEndItem.parse(Item).version) === version;
  }

  async unsignedErasures(): Promise<readonly UnsignedErasure[]> {
    const marks = (await this.#items(SEALER_PREFIXES.unsigned)).map((item) =>
      markedEvent(MarkItem.parse(item).recordId),
    );
    const found = await Promise.all(
      marks.map(async ({ organizationId, eventId: id }): Promise<readonly UnsignedErasure[]> => {
        const Key = { ...itemKey(organizationId, { kind: "erasure", ids: [id] }) };
        const command = new GetCommand({ TableName: this.#tableName, Key, ConsistentRead: true });
        const record = storedRecord((await this.#client.send(command)).Item ?? {}, "erasure");
        return record === undefined ? [] : [{ organizationId, record }];
      }),
    );
    return found.flat();
  }

  async storeSigned({ organizationId, record }: UnsignedErasure, signed: RecordOf<"erasure">): Promise<boolean> {
    const TableName = this.#tableName;
    const Item = controlItem(organizationId, { ...signed, version: record.version + 1 });
    const unchanged = {
      ConditionExpression: "#record.#version = :version",
      ExpressionAttributeNames: { "#record": "record", "#version": "version" },
      ExpressionAttributeValues: { ":version": record.version },
    };
    const TransactItems = [
      { Put: { TableName, Item, ...unchanged } },
      { Delete: { TableName, Key: unsignedKey(organizationId, record.id) } },
    ];
    try {
      await this.#client.send(new TransactWriteCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException && isLostRace(error.CancellationReasons)) return false;
      throw error;
    }
  }

  async #event(chain: string, id: string): Promise<ChainEntry["event"]> {
    const Key = { ...itemKey(chain, { kind: "event", ids: [id] }) };
    const { Item } = await this.#client.send(new GetCommand({ TableName: this.#tableName, Key, ConsistentRead: true }));
    const parsed = EventItem.safeParse(Item);
    if (parsed.success) return parsed.data.record.event;
    throw new Error(
      `The control table has no valid event ${id} of ${chain}, and a mark that it is to be sealed; restore the event from a backup.`,
    );
  }

  async #items(prefix: string): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        KeyConditionExpression: "organizationId = :partition AND recordId BETWEEN :from AND :to",
        ExpressionAttributeValues: { ":partition": SEALER_PARTITION, ":from": prefix, ":to": `${prefix}${LAST}` },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) items.push(...Items);
    return items;
  }
}
