import { randomUUID } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Logger } from "pino";
import type { AuthMode } from "../../contracts/auth.ts";
import { BATCH_ENDPOINTS, BATCH_PRICE_FACTOR, type BatchSettings } from "../../contracts/batches.ts";
import { PRIORITY_HEADER } from "../../contracts/headers.ts";
import { ClientGone, GatewayError } from "../core/gateway-error.ts";
import type { Exchange } from "../exchange.ts";
import { FilePages } from "../files/file-pages.ts";
import { FileStore } from "../files/file-store.ts";
import { S3ObjectStore } from "../files/s3-object-store.ts";
import { findRoute } from "../http/routes.ts";
import type { InternalCalls } from "../internal-calls.ts";
import { BatchPages } from "./batch-pages.ts";
import type { BatchRoutePath } from "./batch-routes.ts";
import { BatchStore } from "./batch-store.ts";
import { BatchTable } from "./batch-table.ts";
import type { BatchTiming } from "./batch-timing.ts";
import { BatchWorker } from "./batch-worker.ts";

/** Where files and batches are. */
export interface BatchStorage {
  readonly dynamodb: Pick<DynamoDBDocumentClient, "send">;
  readonly s3: Pick<S3Client, "send">;
  /** Milliseconds since 1970. @default - Date.now */
  readonly now?: () => number;
  readonly timing?: Partial<BatchTiming & { readonly leaseMs: number }>;
}

export interface BatchServiceOptions extends BatchStorage {
  readonly settings: BatchSettings;
  readonly auth: AuthMode;
  readonly bodyLimitBytes: number;
  readonly internal: InternalCalls;
  readonly logger: Logger;
  readonly onDeadLetter: () => void;
}

/** A process that has not been heard of for this long has died; six heartbeats may be late. */
const LEASE_MS = 30_000;
/** Owner of everything where nobody has a key. */
const EVERYONE = "everyone";

/** Files and batches of one gateway: the pages of their API, and the worker behind them. */
export class BatchService {
  readonly #files: FilePages;
  readonly #batches: BatchPages;
  readonly #worker: BatchWorker;
  readonly #auth: AuthMode;

  constructor(options: BatchServiceOptions) {
    const { settings, internal, logger, timing = {}, now = Date.now } = options;
    this.#auth = options.auth;
    const table = new BatchTable({ client: options.dynamodb, tableName: settings.table });
    const objects = new S3ObjectStore({ client: options.s3, bucket: settings.bucket });
    const files = new FileStore({ table, objects, now });
    const store = new BatchStore({ table, now, worker: randomUUID(), leaseMs: timing.leaseMs ?? LEASE_MS });
    this.#files = new FilePages({ files, maxFileBytes: settings.maxFileBytes, now });
    this.#worker = new BatchWorker({
      store,
      files,
      logger,
      now,
      random: Math.random,
      headersFor: ({ owner }) => ({
        [PRIORITY_HEADER]: "batch",
        ...internal.headers({
          ...(owner === EVERYONE ? {} : { keyId: owner }),
          tenant: owner === EVERYONE ? owner : `key:${owner}`,
          priceFactor: BATCH_PRICE_FACTOR,
        }),
      }),
      maxLinesInFlight: settings.maxLinesInFlight,
      maxLineBytes: options.bodyLimitBytes,
      onDeadLetter: options.onDeadLetter,
      timing,
    });
    this.#batches = new BatchPages({
      store,
      files,
      endpoints: BATCH_ENDPOINTS.filter((endpoint) => findRoute(endpoint) !== undefined),
      maxOpenPerKey: settings.maxOpenPerKey,
      now,
      onCreated: () => this.#worker.look(),
    });
  }

  /** Starts to work. @param port the gateway's own */
  start(port: number): void {
    this.#worker.start(port);
  }

  /** Gives back what is not done. */
  async drain(): Promise<void> {
    await this.#worker.stop();
  }

  /** @throws {GatewayError} `storage_unavailable` when table or bucket don't answer */
  async answer(exchange: Exchange, path: BatchRoutePath, encodedId: string): Promise<void> {
    const owner = this.#ownerOf(exchange);
    try {
      await this.#answer(exchange, owner, path, decode(encodedId));
    } catch (error) {
      if (error instanceof GatewayError || error instanceof ClientGone || !isStorageFailure(error)) throw error;
      throw new GatewayError("storage_unavailable");
    }
  }

  async #answer(exchange: Exchange, owner: string, path: BatchRoutePath, id: string): Promise<void> {
    const { method } = exchange.request;
    switch (path) {
      case "/v1/files":
        return method === "POST" ? await this.#files.upload(exchange, owner) : await this.#files.list(exchange, owner);
      case "/v1/files/{id}":
        if (method === "DELETE") return await this.#files.remove(exchange, owner, id);
        return await this.#files.describe(exchange, owner, id);
      case "/v1/files/{id}/content":
        return await this.#files.content(exchange, owner, id);
      case "/v1/batches":
        if (method === "POST") return await this.#batches.create(exchange, owner);
        return await this.#batches.list(exchange, owner);
      case "/v1/batches/{id}":
        return await this.#batches.describe(exchange, owner, id);
      case "/v1/batches/{id}/cancel":
        return await this.#batches.cancel(exchange, owner, id);
    }
  }

  /** Files and batches are a key's; an address, which many may share, has none. */
  #ownerOf({ keyId }: Exchange): string {
    if (this.#auth === "off") return EVERYONE;
    if (keyId !== undefined) return keyId;
    throw new GatewayError("missing_api_key", {
      message: "Files and batches belong to an API key. Send one as `Authorization: Bearer <key>`.",
    });
  }
}

function decode(encodedId: string): string {
  try {
    return decodeURIComponent(encodedId);
  } catch {
    return encodedId;
  }
}

/** Errors of the SDK have metadata; a call that took too long has its signal's name. */
function isStorageFailure(error: unknown): boolean {
  return (
    error instanceof Error && ("$metadata" in error || error.name === "TimeoutError" || error.name === "AbortError")
  );
}
