import { mkdirSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { CreateTableCommand, DynamoDBClient, ResourceInUseException } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { asText, blocks, type JsonObject } from "../template/json.ts";

/** DynamoDB on this machine: dynalite, kept in a folder between runs. */
export class LocalDynamoDb {
  readonly #server: Server;

  /** `folder` undefined keeps everything in memory. */
  constructor(folder: string | undefined) {
    if (folder) mkdirSync(folder, { recursive: true });
    this.#server = dynalite({ createTableMs: 0, deleteTableMs: 0, ...(folder ? { path: folder } : {}) });
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#server.emit("request", request, response);
  }

  /** Creates the table unless an earlier run did. */
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
    try {
      await client.send(
        new CreateTableCommand({
          TableName: asText(config.name),
          KeySchema: keys,
          AttributeDefinitions: attributes,
          BillingMode: "PAY_PER_REQUEST",
        }),
      );
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error;
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

/** Any credentials do: nothing local checks them. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" } as const;

function scalarType(type: string): "S" | "N" | "B" {
  if (type === "S" || type === "N" || type === "B") return type;
  throw new Error(`DynamoDB attribute type must be S, N or B, got ${type}`);
}
