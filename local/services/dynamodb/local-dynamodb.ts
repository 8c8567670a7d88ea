import { mkdirSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { LOCAL_CREDENTIALS } from "../../runtime/aws-environment.ts";
import { asText, blocks, type JsonObject } from "../../template/json.ts";

/** DynamoDB on this machine: dynalite, stored in a folder between runs. */
export class LocalDynamoDb {
  readonly #server: Server;

  /** `folder` undefined: in memory. */
  constructor(folder: string | undefined) {
    if (folder) mkdirSync(folder, { recursive: true });
    this.#server = dynalite({ createTableMs: 0, deleteTableMs: 0, ...(folder ? { path: folder } : {}) });
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#server.emit("request", request, response);
  }

  /**
   * Creates the table unless an earlier run did, and waits until it can be used.
   * @throws when an earlier run was interrupted while it made the table
   */
  async createTable(config: JsonObject, endpoint: string, region: string): Promise<void> {
    const client = new DynamoDBClient({ endpoint, region, credentials: LOCAL_CREDENTIALS });
    const keys = [
      { AttributeName: asText(config.hash_key), KeyType: "HASH" as const },
      ...(config.range_key ? [{ AttributeName: asText(config.range_key), KeyType: "RANGE" as const }] : []),
    ];
    const names = new Set(keys.map((key) => key.AttributeName));
    const attributes = blocks(config.attribute)
      .filter((attribute) => names.has(asText(attribute.name)))
      .map((attribute) => ({
        AttributeName: asText(attribute.name),
        AttributeType: scalarType(asText(attribute.type)),
      }));
    const create = () =>
      client.send(
        new CreateTableCommand({
          TableName: asText(config.name),
          KeySchema: keys,
          AttributeDefinitions: attributes,
          BillingMode: "PAY_PER_REQUEST",
        }),
      );
    try {
      await create().catch((error: unknown) => {
        if (!(error instanceof ResourceInUseException)) throw error;
      });
      await untilActive(client, asText(config.name));
    } finally {
      client.destroy();
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      // dynalite closes its database only if its server was listening; requests reach it without that.
      this.#server.listen(0, "127.0.0.1", () => this.#server.close(() => resolve()));
    });
  }
}

/** dynalite responds before the table's state is written; that takes milliseconds. */
const ACTIVE_LIMIT_MS = 5000;

async function untilActive(client: DynamoDBClient, name: string): Promise<void> {
  const deadline = Date.now() + ACTIVE_LIMIT_MS;
  while (Date.now() < deadline) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (Table?.TableStatus === "ACTIVE") return;
    await sleep(5);
  }
  throw new Error(`The local table ${name} is incomplete: an earlier run was interrupted; start with --fresh.`);
}

function scalarType(type: string): "S" | "N" | "B" {
  if (type === "S" || type === "N" || type === "B") return type;
  throw new Error(`DynamoDB attribute type must be S, N or B, got ${type}`);
}
