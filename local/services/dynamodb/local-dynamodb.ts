import { mkdirSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import dynalite from "dynalite";
import { isRecord } from "../../../lib/is-record.ts";
import { asText, blocks, type JsonObject } from "../../template/json.ts";
import { callInProcess, TARGET } from "./call-in-process.ts";
import { Exclusive } from "./exclusive.ts";
import { MadeTransactions } from "./made-transactions.ts";
import { type DynamoResponse, refused, transactWrite } from "./transactions.ts";

/** DynamoDB on this machine: dynalite, stored in a folder between runs, and transactions, which dynalite lacks. */
export class LocalDynamoDb {
  readonly #server: Server;
  readonly #exclusive = new Exclusive();
  readonly #made = new MadeTransactions(() => performance.now());
  /** Names of keys, by table: a table's keys stay as they are for as long as it exists. */
  readonly #keys = new Map<string, readonly string[]>();
  #isClosing = false;

  /** `folder` undefined: in memory. */
  constructor(folder: string | undefined) {
    if (folder) mkdirSync(folder, { recursive: true });
    this.#server = dynalite({ createTableMs: 0, deleteTableMs: 0, ...(folder ? { path: folder } : {}) });
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const work =
      request.headers["x-amz-target"] === `${TARGET}TransactWriteItems`
        ? this.#transact(request, response)
        : this.#pass(request, response);
    work.catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const release = await this.#exclusive.enter();
    // A client may have left while it waited: its response has closed before.
    if (this.#isClosing || response.closed || response.destroyed) {
      release();
      return void response.destroy();
    }
    response.once("close", () => {
      if (request.headers["x-amz-target"] === `${TARGET}DeleteTable`) this.#keys.clear();
      release();
    });
    this.#server.emit("request", request, response);
  }

  async #transact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const transaction: unknown = await json(request);
    const result = await this.#exclusive.alone(() => this.#makeOnce(transaction));
    response.writeHead(result.status, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify(result.body));
  }

  /** A client whose connection was cut sends a transaction again, with the token that it had. */
  async #makeOnce(transaction: unknown): Promise<DynamoResponse> {
    const repetition = this.#made.find(transaction);
    if (repetition === "same") return { status: 200, body: {} };
    if (repetition === "other")
      return refused("IdempotentParameterMismatchException", "The token was used for another transaction.");
    const result = await transactWrite(
      transaction,
      (operation, body) => this.#call(operation, body),
      (table) => this.#keysOf(table),
    );
    if (result.status === 200) this.#made.add(transaction);
    return result;
  }

  #call(operation: string, body: unknown): Promise<DynamoResponse> {
    return callInProcess(this.#server, operation, body);
  }

  async #keysOf(TableName: string): Promise<readonly string[]> {
    const known = this.#keys.get(TableName);
    if (known) return known;
    const { Table } = (await this.#call("DescribeTable", { TableName })).body;
    const schema = isRecord(Table) && Array.isArray(Table.KeySchema) ? Table.KeySchema : [];
    const names = schema.map((key) => String(key.AttributeName));
    if (names.length > 0) this.#keys.set(TableName, names);
    return names;
  }

  /**
   * Creates the table unless an earlier run did, and waits until it can be used.
   * @throws when dynalite refuses the table, or an earlier run was interrupted while it made it
   */
  async createTable(config: JsonObject): Promise<void> {
    const TableName = asText(config.name);
    const keys = [
      { AttributeName: asText(config.hash_key), KeyType: "HASH" },
      ...(config.range_key ? [{ AttributeName: asText(config.range_key), KeyType: "RANGE" }] : []),
    ];
    const names = new Set(keys.map((key) => key.AttributeName));
    const attributes = blocks(config.attribute)
      .filter((attribute) => names.has(asText(attribute.name)))
      .map((attribute) => ({
        AttributeName: asText(attribute.name),
        AttributeType: scalarType(asText(attribute.type)),
      }));
    // Without an SDK client, whose set-up takes longer than the table.
    const { status, body } = await this.#call("CreateTable", {
      TableName,
      KeySchema: keys,
      AttributeDefinitions: attributes,
      BillingMode: "PAY_PER_REQUEST",
    });
    const isThere = String(body.__type).endsWith("#ResourceInUseException");
    if (status !== 200 && !isThere)
      throw new Error(`The local table ${TableName} was refused: ${JSON.stringify(body)}`);
    for (let looks = 0; !(await this.#isActive(TableName)); looks++) {
      if (isThere)
        throw new Error(
          `The local table ${TableName} is incomplete: an earlier run was interrupted; start with --fresh.`,
        );
      if (looks >= MAX_LOOKS)
        throw new Error(`The local table ${TableName} could not be written; see whether its disk is full.`);
      await sleep(5);
    }
  }

  async #isActive(TableName: string): Promise<boolean> {
    const { Table } = (await this.#call("DescribeTable", { TableName })).body;
    return isRecord(Table) && Table.TableStatus === "ACTIVE";
  }

  /** Waits for the requests that run, as dynalite would throw in the middle of them. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.race([this.#exclusive.alone(async () => undefined), sleep(CLOSE_LIMIT_MS)]);
    // dynalite closes its database only if its server was listening; requests reach it without that.
    return await new Promise((resolve) => {
      this.#server.listen(0, "127.0.0.1", () => this.#server.close(() => resolve()));
    });
  }
}

/** Of requests that run when the tables are closed: a client may never read its response. */
const CLOSE_LIMIT_MS = 1000;

/**
 * dynalite responds before the table's state is written, which takes milliseconds. Looks are counted in place of measuring time,
 * as dynalite writes between them however slow the machine is.
 */
const MAX_LOOKS = 6000;

function scalarType(type: string): "S" | "N" | "B" {
  if (type === "S" || type === "N" || type === "B") return type;
  throw new Error(`DynamoDB attribute type must be S, N or B, got ${type}`);
}
