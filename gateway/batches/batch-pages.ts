import { BatchCreateRequest, type BatchEndpoint } from "../../contracts/api/batches.ts";
import { FILE_DAYS } from "../../contracts/api/files.ts";
import { REPORTED } from "../../domain/issue-rules.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { type GatewayResponse, jsonResponse } from "../core/response.ts";
import type { OwnedRequest } from "../files/file-pages.ts";
import { type FileStore, timeOrderedId } from "../files/file-store.ts";
import { afterIn, limitIn, listOf, queryOf } from "../http/list-query.ts";
import { bodyProblems, invalidRequest } from "../pipeline/body/body-problems.ts";
import { readJsonObject } from "../pipeline/parse-body.ts";
import { type BatchItem, NO_COUNTS } from "./batch-items.ts";
import { batchObject } from "./batch-object.ts";
import type { BatchStore } from "./batch-store.ts";

const PAGE = { usual: 20, most: 100 };
/** A batch's own fields with all its metadata are below 12 KB. */
const MAX_BODY_BYTES = 65_536;
const WINDOW_SECONDS = 86_400;
const BATCH_ID = /^batch_[0-9a-f]{32}$/;

export interface BatchPagesOptions {
  readonly store: BatchStore;
  readonly files: FileStore;
  /** Of those that a batch may name, those that this gateway has. */
  readonly endpoints: readonly BatchEndpoint[];
  readonly maxOpenPerKey: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when there is something to work on. */
  readonly onCreated: () => void;
}

/** Responses under `/v1/batches`, each for the batches of one owner. */
export class BatchPages {
  readonly #options: BatchPagesOptions;

  constructor(options: BatchPagesOptions) {
    this.#options = options;
  }

  async create({ request, headers, owner, terms }: OwnedRequest): Promise<GatewayResponse> {
    const { store, files, endpoints, maxOpenPerKey, now, onCreated } = this.#options;
    const { fields } = await readJsonObject(request, MAX_BODY_BYTES, owner);
    const parsed = BatchCreateRequest.safeParse(fields, REPORTED);
    if (!parsed.success) throw invalidRequest(bodyProblems(parsed.error.issues));
    const { input_file_id: inputFileId, endpoint, metadata, output_expires_after: expiresAfter } = parsed.data;
    if (!endpoints.includes(endpoint))
      throw invalid("endpoint", `\`endpoint\` ${endpoint} is not served here. Use ${endpoints.join(" or ")}.`);
    const file = await files.get(owner, inputFileId);
    if (file === undefined)
      throw invalid(
        "input_file_id",
        `There is no file ${JSON.stringify(inputFileId.slice(0, 80))} of yours. Upload one first.`,
      );
    if (file.purpose !== "batch")
      throw invalid("input_file_id", `\`input_file_id\` must be a file with purpose batch, got ${file.purpose}.`);
    const { keepDays = FILE_DAYS, heldBy = [] } = await terms();
    const createdAt = Math.floor(now() / 1000);
    const batch: BatchItem = {
      id: timeOrderedId("batch_", now()),
      owner,
      inputFileId,
      inputKey: file.objectKey,
      endpoint,
      status: "validating",
      ...(metadata ? { metadata } : {}),
      outputSeconds: Math.min(expiresAfter?.seconds ?? FILE_DAYS * 86_400, keepDays * 86_400),
      createdAt,
      expiresAt: createdAt + WINDOW_SECONDS,
      total: 0,
      ...NO_COUNTS,
      attempts: 0,
      ...(heldBy.length > 0 ? { heldBy: new Set(heldBy) } : {}),
    };
    if (!(await store.create(batch)))
      throw new GatewayError("rate_limit_exceeded", {
        message: `This key has ${maxOpenPerKey} batches that are not over; no more are allowed. Wait for one, or cancel one.`,
      });
    onCreated();
    return jsonResponse(200, headers.all, batchObject(batch));
  }

  async list({ request, headers, owner }: OwnedRequest): Promise<GatewayResponse> {
    const query = queryOf(request.target);
    const limit = limitIn(query, PAGE);
    const after = afterIn(query, BATCH_ID);
    const found = await this.#options.store.list(owner, {
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
    });
    return jsonResponse(200, headers.all, listOf(found.map(batchObject), limit));
  }

  async describe({ headers, owner }: OwnedRequest, id: string): Promise<GatewayResponse> {
    return jsonResponse(200, headers.all, batchObject(await this.#find(owner, id)));
  }

  async cancel({ headers, owner }: OwnedRequest, id: string): Promise<GatewayResponse> {
    const { store, now, onCreated } = this.#options;
    const cancelled = await store.change({ owner, id }, ["validating", "in_progress"], {
      status: "cancelling",
      cancellingAt: Math.floor(now() / 1000),
    });
    const batch = cancelled ?? (await this.#find(owner, id));
    if (batch.status !== "cancelling" && batch.status !== "cancelled")
      throw new GatewayError("invalid_request", {
        message: `The batch is ${batch.status}; only one that is validating or in_progress can be cancelled.`,
      });
    onCreated();
    return jsonResponse(200, headers.all, batchObject(batch));
  }

  async #find(owner: string, id: string): Promise<BatchItem> {
    const batch = await this.#options.store.get(owner, id);
    if (batch !== undefined) return batch;
    throw new GatewayError("not_found", {
      message: `There is no batch ${JSON.stringify(id.slice(0, 80))}. \`GET /v1/batches\` lists yours.`,
    });
  }
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", { message, param });
}
