import { isDeepStrictEqual } from "node:util";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { isRecord } from "../../lib/is-record.ts";
import { isSortKey } from "../../lib/sort-key.ts";

/** DynamoDB responds in milliseconds; after this time a response is not expected. */
const TIMEOUT_MS = 3000;

export interface TableKey {
  readonly pk: string;
  readonly sk: string;
}

export interface BatchTableOptions {
  readonly client: Pick<DynamoDBDocumentClient, "send">;
  readonly tableName: string;
}

export interface ListOptions {
  /** Sort keys begin with this; empty for all. */
  readonly prefix: string;
  /** Only items after this sort key, in the requested order. */
  readonly after?: string;
  readonly limit: number;
  /** @default false */
  readonly newestFirst?: boolean;
}

type Values = Readonly<Record<string, unknown>>;

export interface Condition {
  readonly that: string;
  readonly values: Values;
}

/**
 * The table of files and batches: partition key `pk`, sort key `sk`. Every change is one item and, where it could meet
 * another change, conditional: no change of two gateways can be half done. The SDK sends a change again whose response was cut off;
 * then the condition fails by the change itself, so that an item which is as the change makes it counts as changed.
 */
export class BatchTable {
  readonly #client: Pick<DynamoDBDocumentClient, "send">;
  readonly #tableName: string;

  constructor({ client, tableName }: BatchTableOptions) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /** @returns the item, or `undefined`: also for a key that no item can have */
  async get(key: TableKey): Promise<unknown> {
    if (!isSortKey(key.sk)) return undefined;
    const command = new GetCommand({ TableName: this.#tableName, Key: key, ConsistentRead: true });
    return (await this.#client.send(command, timeout())).Item;
  }

  async put(key: TableKey, values: Values): Promise<void> {
    const Item = { ...defined(values), ...key };
    await this.#client.send(new PutCommand({ TableName: this.#tableName, Item }), timeout());
  }

  /** @returns whether there was no such item, or this one */
  async putNew(key: TableKey, values: Values): Promise<boolean> {
    const Item = { ...defined(values), ...key };
    const command = new PutCommand({
      TableName: this.#tableName,
      Item,
      ConditionExpression: "attribute_not_exists(pk)",
    });
    try {
      await this.#client.send(command, timeout());
      return true;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      return wasSentAgain(error) && isDeepStrictEqual(await this.get(key), Item);
    }
  }

  /**
   * @param condition over `#name`s and `:name`s of `values`; the item stays where it does not hold
   * @returns whether it held
   */
  async delete(key: TableKey, condition?: Condition): Promise<boolean> {
    const command = new DeleteCommand({
      TableName: this.#tableName,
      Key: key,
      ...(condition === undefined ? {} : { ConditionExpression: condition.that, ...namesAndValues(condition) }),
    });
    return await holds(this.#client.send(command, timeout()));
  }

  /**
   * Sets fields of an item that exists; `undefined` removes one.
   * @param condition over `#name`s and `:name`s of `values`, which need be in neither `set` nor `add`
   * @returns the whole item afterwards, or `undefined` when the condition did not hold and the item has not these fields, or no item
   * can have the key
   */
  async update(
    key: TableKey,
    change: { readonly set?: Values; readonly add?: Readonly<Record<string, number>> },
    condition?: Condition,
  ): Promise<unknown> {
    if (!isSortKey(key.sk)) return undefined;
    const { set = {}, add = {} } = change;
    const assigned = Object.entries(set).filter(([, value]) => value !== undefined);
    const removed = Object.keys(set).filter((name) => set[name] === undefined);
    const clauses = [
      assigned.length > 0 ? `SET ${assigned.map(([name]) => `#${name} = :set_${name}`).join(", ")}` : "",
      removed.length > 0 ? `REMOVE ${removed.map((name) => `#${name}`).join(", ")}` : "",
      Object.keys(add).length > 0
        ? `ADD ${Object.keys(add)
            .map((name) => `#${name} :add_${name}`)
            .join(", ")}`
        : "",
    ];
    const that = ["attribute_exists(pk)", ...(condition ? [condition.that] : [])].join(" AND ");
    const names = new Set([
      ...Object.keys(set),
      ...Object.keys(add),
      ...[...that.matchAll(/#(\w+)/g)].map(([, name = ""]) => name),
    ]);
    const values = Object.fromEntries([
      ...assigned.map(([name, value]) => [`:set_${name}`, value]),
      ...Object.entries(add).map(([name, value]) => [`:add_${name}`, value]),
      ...Object.entries(condition?.values ?? {}).map(([name, value]) => [`:${name}`, value]),
    ]);
    const command = new UpdateCommand({
      TableName: this.#tableName,
      Key: key,
      UpdateExpression: clauses.filter((clause) => clause !== "").join(" "),
      ConditionExpression: that,
      ...(names.size > 0 ? { ExpressionAttributeNames: Object.fromEntries([...names].map((n) => [`#${n}`, n])) } : {}),
      ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
      ReturnValues: "ALL_NEW",
    });
    try {
      return (await this.#client.send(command, timeout())).Attributes;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      if (!wasSentAgain(error)) return undefined;
    }
    const item = await this.get(key);
    return isRecord(item) && Object.entries(set).length > 0 && hasFields(item, set) ? item : undefined;
  }

  /** Items of one partition, at most `limit`; consistent. */
  async list(pk: string, { prefix, after, limit, newestFirst = false }: ListOptions): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    let start: Record<string, unknown> | undefined = after === undefined ? undefined : { pk, sk: after };
    do {
      const command: QueryCommand = new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: prefix === "" ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":pk": pk, ...(prefix === "" ? {} : { ":prefix": prefix }) },
        ScanIndexForward: !newestFirst,
        ConsistentRead: true,
        Limit: limit - items.length,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const response = await this.#client.send(command, timeout());
      items.push(...(response.Items ?? []));
      start = response.LastEvaluatedKey;
    } while (start !== undefined && items.length < limit);
    return items;
  }
}

function namesAndValues({ that, values }: Condition) {
  const names = [...that.matchAll(/#(\w+)/g)].map(([, name = ""]) => name);
  return {
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ...(Object.keys(values).length === 0
      ? {}
      : {
          ExpressionAttributeValues: Object.fromEntries(
            Object.entries(values).map(([name, value]) => [`:${name}`, value]),
          ),
        }),
  };
}

function hasFields(item: Values, fields: Values): boolean {
  return Object.entries(fields).every(([name, value]) => isDeepStrictEqual(item[name], value));
}

function defined(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

async function holds(change: Promise<unknown>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}

function isConditionFailed(error: unknown): boolean {
  return error instanceof Error && error.name === "ConditionalCheckFailedException";
}

/** Whether the SDK made more than one attempt, of which an earlier one may have had its effect. */
function wasSentAgain(error: unknown): boolean {
  const { $metadata: metadata } = error as { readonly $metadata?: { readonly attempts?: number } };
  return (metadata?.attempts ?? 1) > 1;
}

function timeout(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(TIMEOUT_MS) };
}
