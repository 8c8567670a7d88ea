import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import dynalite from "dynalite";
import { onTestFinished } from "vitest";
import { createTable } from "../../test-support/create-table.ts";
import { DynamoChangeStore } from "../admin/dynamo-change-store.ts";
import { DynamoSpendStore } from "../providers/dynamo-spend-store.ts";
import { sentAgain } from "./sent-again.ts";

/**
 * A routes table in a real DynamoDB server on loopback.
 * @param isSentAgain whether each conditional write of the store of changes arrives twice. @default false
 */
export async function startRoutesTable({ isSentAgain = false } = {}) {
  const database = dynalite({ createTableMs: 0 });
  let isBroken = false;
  const server = createServer((request, response) => {
    if (isBroken) response.writeHead(500).end("{}");
    else database.emit("request", request, response);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const raw = new DynamoDBClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  const client = DynamoDBDocumentClient.from(raw);
  const tableName = "test-routes";
  await createTable(client, {
    TableName: tableName,
    KeySchema: [
      { AttributeName: "section", KeyType: "HASH" },
      { AttributeName: "id", KeyType: "RANGE" },
    ],
    AttributeDefinitions: [
      { AttributeName: "section", AttributeType: "S" },
      { AttributeName: "id", AttributeType: "S" },
    ],
    BillingMode: "PAY_PER_REQUEST",
  });
  onTestFinished(() => {
    raw.destroy();
    server.closeAllConnections();
    server.close();
  });
  return {
    tableName,
    /** What to set for a process whose AWS SDK shall call this server. */
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
    changeStore: new DynamoChangeStore({ client: isSentAgain ? sentAgain(client) : client, tableName }),
    spendStore: new DynamoSpendStore({ client, tableName }),
    /** Writes an item as it is, and moves the count. */
    async write(item: Record<string, unknown>, version: number) {
      await client.send(new PutCommand({ TableName: tableName, Item: { section: "targets", ...item } }));
      await client.send(new PutCommand({ TableName: tableName, Item: { section: "targets", id: "version", version } }));
    },
    breakDown(broken: boolean) {
      isBroken = broken;
    },
  };
}
