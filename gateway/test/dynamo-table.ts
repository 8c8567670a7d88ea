import { once } from "node:events";
import { promisify } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import dynalite from "dynalite";
import { onTestFinished } from "vitest";
import { createTable } from "../../test-support/create-table.ts";

/** A table with this key, or these two, in a real DynamoDB server on loopback; it ends with the test. */
export async function startDynamoTable(tableName: string, hashKey: string, rangeKey?: string) {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    server.closeAllConnections();
    await promisify(server.close.bind(server))();
  });
  await createTable(client, {
    TableName: tableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [
      { AttributeName: hashKey, KeyType: "HASH" },
      ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: "RANGE" as const }]),
    ],
    AttributeDefinitions: [hashKey, rangeKey ?? []]
      .flat()
      .map((name) => ({ AttributeName: name, AttributeType: "S" as const })),
  });
  return DynamoDBDocumentClient.from(client);
}
