import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { HISTORY_TABLE, StoredGeneration, SUBJECT_KEYS_TABLE } from "../../../contracts/history/stored-generation.ts";
import { openContent } from "../../../domain/history/generation-content.ts";
import { listPartition, partKey, subjectsOf } from "../../../domain/history/generation-keys.ts";
import { startDynamoTable } from "../../test/dynamo-table.ts";
import { DynamoHistoryStore } from "../dynamo-history-store.ts";

const [HISTORY, KEYS] = ["history", "subject-keys"];

/** For tests: the tables of the history in a real DynamoDB server, and what is in them. */
export async function historyTables({ retentionDays = 30 } = {}) {
  const client = await startDynamoTable(HISTORY, HISTORY_TABLE.hashKey, HISTORY_TABLE.rangeKey);
  await client.send(
    new CreateTableCommand({
      TableName: KEYS,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: SUBJECT_KEYS_TABLE.hashKey, KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: SUBJECT_KEYS_TABLE.hashKey, AttributeType: "S" }],
    }),
  );
  const options = { client, tableName: HISTORY, keysTableName: KEYS, retentionDays, now: Date.now };
  const store = new DynamoHistoryStore(options);
  const query = async (partition: string) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: HISTORY,
        KeyConditionExpression: "#partition = :partition",
        ExpressionAttributeNames: { "#partition": HISTORY_TABLE.hashKey },
        ExpressionAttributeValues: { ":partition": partition },
        ConsistentRead: true,
      }),
    );
    return Items;
  };
  /** The generations in the list of a subject, the oldest first. */
  const list = async (subject: string) =>
    (await query(listPartition(subject))).map(({ generation }) => StoredGeneration.parse(generation));
  const content = async (generation: StoredGeneration) => {
    const parts = await query(partKey(generation.id, 0).partition);
    // A new store, so that no key is from a cache.
    const keys = await Promise.all(
      subjectsOf(generation).map((subject) => new DynamoHistoryStore(options).dataKey(subject)),
    );
    return openContent(Buffer.concat(parts.map((part) => part.content)), keys, generation.id);
  };
  const erase = (subject: string) => client.send(new DeleteCommand({ TableName: KEYS, Key: { subject } }));
  return { client, options, store, query, list, content, erase };
}
