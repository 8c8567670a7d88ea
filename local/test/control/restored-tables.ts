import { DescribeTableCommand, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, type DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { isRecord } from "../../../lib/is-record.ts";

type Item = Readonly<Record<string, unknown>>;

/** Of one `BatchWriteItem`, at most. */
const BATCH = 25;
const READS = new Set(["GetItemCommand", "BatchGetItemCommand", "QueryCommand", "ScanCommand"]);

/**
 * Notes what each table has in it now.
 * @returns sets the tables back to that which this client has written to since
 */
export async function restoredTables(client: DynamoDBDocumentClient): Promise<() => Promise<void>> {
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const tables = new Map(await Promise.all(TableNames.map(async (name) => [name, await noted(client, name)] as const)));
  const written = new Set<string>();
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      (request) => {
        if (!READS.has(commandName)) for (const name of tablesIn(request.input)) written.add(name);
        return next(request);
      },
    { step: "initialize" },
  );
  return async () => {
    for (const name of written) await tables.get(name)?.();
    written.clear();
  };
}

/** Notes a table's items, and returns what sets them back. */
async function noted(client: DynamoDBDocumentClient, TableName: string): Promise<() => Promise<void>> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const names = (Table?.KeySchema ?? []).map(({ AttributeName = "" }) => AttributeName);
  const keyOf = (item: Item): Item => Object.fromEntries(names.map((name) => [name, item[name]]));
  const items = async () => {
    const found = new Map<string, Item>();
    for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
      for (const item of Items) found.set(JSON.stringify(keyOf(item)), item);
    return found;
  };
  const before = await items();
  return async () => {
    const now = await items();
    const changed = [...before].filter(([key, item]) => JSON.stringify(now.get(key)) !== JSON.stringify(item));
    const added = [...now].filter(([key]) => !before.has(key));
    const writes = [
      ...changed.map(([, Item]) => ({ PutRequest: { Item } })),
      ...added.map(([, item]) => ({ DeleteRequest: { Key: keyOf(item) } })),
    ];
    for (let index = 0; index < writes.length; index += BATCH)
      await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: writes.slice(index, index + BATCH) } }));
  };
}

/** Names of tables that a command's input has, in whichever place. */
function tablesIn(input: unknown): readonly string[] {
  if (Array.isArray(input)) return input.flatMap(tablesIn);
  if (!isRecord(input)) return [];
  const { TableName, TransactItems, RequestItems, ...actions } = input;
  if (typeof TableName === "string") return [TableName];
  if (isRecord(RequestItems)) return Object.keys(RequestItems);
  return tablesIn(TransactItems ?? Object.values(actions));
}
