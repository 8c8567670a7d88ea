import { randomUUID } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Logger } from "pino";
import { BATCH_PRICE_FACTOR, type BatchEndpoint, type BatchSettings } from "../../contracts/api/batches.ts";
import type { AuthMode } from "../../contracts/processes/auth.ts";
import { keyTenant } from "../../domain/erasure/erased-subject.ts";
import { ClientGone, GatewayError } from "../core/gateway-error.ts";
import type { GatewayRequest } from "../core/request.ts";
import type { GatewayResponse } from "../core/response.ts";
import { FilePages, type OwnedRequest } from "../files/file-pages.ts";
import { FileStore } from "../files/file-store.ts";
import { FilesOfSubjects } from "../files/files-of-subjects.ts";
import { S3ObjectStore } from "../files/s3-object-store.ts";
import type { GatewayKey, KeyStore } from "../keys/key-store.ts";
import { termsOfKey } from "../keys/terms-of-key.ts";
import type { Identified } from "../pipeline/request-states.ts";
import { BatchTable } from "../store/batch-table.ts";
import type { ReadTerms } from "../store/storage-terms.ts";
import { BatchPages } from "./batch-pages.ts";
import { BatchStore } from "./batch-store.ts";
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
  readonly keys: KeyStore;
  readonly bodyLimitBytes: number;
  /** Time that the process has to leave. */
  readonly drainSeconds: number;
  /** Endpoints that the requests of a batch may go to. */
  readonly endpoints: readonly BatchEndpoint[];
  /** Serves one request of a batch. Never rejects. */
  readonly handle: (request: GatewayRequest) => Promise<GatewayResponse>;
  readonly logger: Logger;
  readonly onDeadLetter: () => void;
}

/** A process that has not been heard of for this long has died; six heartbeats may be late. */
const LEASE_MS = 30_000;
/** Share of the drain time in which requests of batches may end; in the rest of it their results are stored. */
const DRAIN_SHARE = 0.8;
/** Owner of all files and batches where keys are off. */
const EVERYONE = "everyone";

/** Files and batches of one gateway: the pages of their API, and the worker behind them. */
export class BatchService {
  readonly #files: FilePages;
  readonly #batches: BatchPages;
  readonly #worker: BatchWorker;
  readonly #filesOfSubjects: FilesOfSubjects;
  readonly #auth: AuthMode;
  readonly #keys: KeyStore;
  readonly #drainMs: number;

  constructor(options: BatchServiceOptions) {
    const { settings, handle, endpoints, logger, timing = {}, now = Date.now } = options;
    this.#auth = options.auth;
    this.#keys = options.keys;
    this.#drainMs = options.drainSeconds * 1000 * DRAIN_SHARE;
    const table = new BatchTable({ client: options.dynamodb, tableName: settings.table });
    const objects = new S3ObjectStore({ client: options.s3, bucket: settings.bucket });
    const files = new FileStore({ table, objects, now });
    const store = new BatchStore({
      table,
      now,
      worker: randomUUID(),
      leaseMs: timing.leaseMs ?? LEASE_MS,
      maxOpenPerOwner: settings.maxOpenPerKey,
    });
    this.#filesOfSubjects = new FilesOfSubjects(table, now);
    this.#files = new FilePages({ files, maxFileBytes: settings.maxFileBytes, now });
    this.#worker = new BatchWorker({
      store,
      files,
      logger,
      now,
      random: Math.random,
      handle,
      callerOf: ({ owner }) => ({
        tenant: owner === EVERYONE ? owner : keyTenant(owner),
        keyId: owner === EVERYONE ? undefined : owner,
        priceFactor: BATCH_PRICE_FACTOR,
      }),
      maxLinesInFlight: settings.maxLinesInFlight,
      maxLineBytes: options.bodyLimitBytes,
      onDeadLetter: options.onDeadLetter,
      timing,
    });
    this.#batches = new BatchPages({
      store,
      files,
      endpoints,
      maxOpenPerKey: settings.maxOpenPerKey,
      now,
      onCreated: () => this.#worker.look(),
    });
  }

  /** Starts to work. */
  start(): void {
    this.#worker.start();
  }

  /** Lets requests that run end, stores their results, and releases the rest. */
  async drain(): Promise<void> {
    await this.#worker.stop(this.#drainMs);
  }

  /**
   * A response about files.
   * @param respond with the id in the path, which is empty where the path has none
   * @throws {GatewayError} `storage_unavailable` when table or bucket don't respond
   */
  files(
    request: Identified,
    respond: (pages: FilePages, owned: OwnedRequest, id: string) => Promise<GatewayResponse>,
  ): Promise<GatewayResponse> {
    return this.#respond(request, (owned, id) => respond(this.#files, owned, id));
  }

  /** The same about batches. */
  batches(
    request: Identified,
    respond: (pages: BatchPages, owned: OwnedRequest, id: string) => Promise<GatewayResponse>,
  ): Promise<GatewayResponse> {
    return this.#respond(request, (owned, id) => respond(this.#batches, owned, id));
  }

  async #respond(
    identified: Identified,
    respond: (owned: OwnedRequest, id: string) => Promise<GatewayResponse>,
  ): Promise<GatewayResponse> {
    const { request, headers, encodedParameter } = identified;
    const owner = this.#ownerOf(identified);
    try {
      if (request.method === "POST" && identified.key !== undefined) await this.#filesOfSubjects.note(identified.key);
      return await respond({ request, headers, owner, terms: this.#termsOf(identified.key) }, decode(encodedParameter));
    } catch (error) {
      if (error instanceof GatewayError || error instanceof ClientGone || !isStorageFailure(error)) throw error;
      throw new GatewayError("storage_unavailable");
    }
  }

  #termsOf(key: GatewayKey | undefined): ReadTerms {
    return key === undefined ? async () => ({}) : termsOfKey(this.#keys, key, "files");
  }

  /** Files and batches are a key's; an address, which many may share, has none. */
  #ownerOf({ key }: Identified): string {
    if (this.#auth === "off") return EVERYONE;
    if (key !== undefined) return key.keyId;
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
