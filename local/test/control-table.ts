import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { onTestFinished } from "vitest";
import { HISTORY_TABLE, SUBJECT_KEYS_TABLE } from "../../contracts/history/stored-generation.ts";
import { USAGE_TABLE } from "../../contracts/usage/usage-counter.ts";
import { authenticate } from "../../lambdas/administer/authenticate.ts";
import { DynamoControlStore } from "../../lambdas/administer/store/dynamo-control-store.ts";
import { DynamoHistorySource } from "../../lambdas/administer/store/history-source.ts";
import { UsageLedger } from "../../lambdas/administer/store/usage-ledger.ts";
import { DynamoUsageSource } from "../../lambdas/administer/store/usage-source.ts";
import { DynamoUsageSums } from "../../lambdas/count-usage/dynamo-usage-sums.ts";
import { bind } from "../http/server.ts";
import { LOCAL_CREDENTIALS } from "../runtime/aws-environment.ts";
import { LocalDynamoDb } from "../services/dynamodb/local-dynamodb.ts";
import { erasableStores } from "./erasable-stores.ts";

const REGION = "eu-west-1";

/** The control table as the stack declares it. */
export const controlTableConfig = (name: string) => ({
  name,
  hash_key: "organizationId",
  range_key: "recordId",
  attribute: [
    { name: "organizationId", type: "S" },
    { name: "recordId", type: "S" },
  ],
});

/** Is told how to end what was started. */
export type AtEnd = (end: () => Promise<void>) => void;

/** Empty tables of the control API and of keys in the local DynamoDB, until the test has finished. */
export async function controlTable(
  name = "sluice-dev-control",
  atEnd: AtEnd = onTestFinished,
  now: () => number = Date.now,
) {
  const keys = "sluice-dev-keys";
  const usageTable = "sluice-dev-usage";
  const dynamodb = new LocalDynamoDb(undefined);
  const aws = await bind(0, "", (request, response) => dynamodb.handle(request, response));
  const endpoint = `http://127.0.0.1:${aws.port}`;
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials: LOCAL_CREDENTIALS, maxAttempts: 1 });
  atEnd(async () => {
    client.destroy();
    await aws.close();
    await dynamodb.close();
  });
  await dynamodb.createTable(controlTableConfig(name));
  const ofKeys = { name: keys, hash_key: "keyId", attribute: [{ name: "keyId", type: "S" }] };
  await dynamodb.createTable(ofKeys);
  const ofUsage = {
    name: usageTable,
    hash_key: USAGE_TABLE.hashKey,
    range_key: USAGE_TABLE.rangeKey,
    attribute: [USAGE_TABLE.hashKey, USAGE_TABLE.rangeKey].map((attribute) => ({ name: attribute, type: "S" })),
  };
  await dynamodb.createTable(ofUsage);
  const historyTables = { history: "sluice-dev-history", keys: "sluice-dev-subject-keys" };
  const ofHistory = {
    name: historyTables.history,
    hash_key: HISTORY_TABLE.hashKey,
    range_key: HISTORY_TABLE.rangeKey,
    attribute: [HISTORY_TABLE.hashKey, HISTORY_TABLE.rangeKey].map((attribute) => ({ name: attribute, type: "S" })),
  };
  await dynamodb.createTable(ofHistory);
  const hashKey = SUBJECT_KEYS_TABLE.hashKey;
  const ofSubjectKeys = { name: historyTables.keys, hash_key: hashKey, attribute: [{ name: hashKey, type: "S" }] };
  await dynamodb.createTable(ofSubjectKeys);
  const document = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const store = new DynamoControlStore(document, { control: name, keys });
  const usage = new DynamoUsageSource(document, usageTable);
  const history = new DynamoHistorySource(document, historyTables, Date.now);
  const stores = await erasableStores({
    dynamodb,
    document,
    history,
    historyTable: historyTables.history,
    region: REGION,
    now,
    atEnd,
  });
  const ledgerOf = (now: () => number, client = document) =>
    new UsageLedger({
      client,
      tableName: usageTable,
      files: stores.usageFiles,
      sums: new DynamoUsageSums({ client, tableName: usageTable, now, retryMs: 1 }),
      retentionDays: 400,
      now,
    });
  /** Whose admin key a secret is. */
  const identify = (secret: string) => authenticate(`Bearer ${secret}`, store, 0);
  return {
    store,
    document,
    identify,
    endpoint,
    region: REGION,
    name,
    keys,
    usage,
    usageTable,
    ledgerOf,
    history,
    historyTables,
    ...stores,
  };
}
