import { GatewayError } from "../core/gateway-error.ts";
import type { GatewayRequest } from "../core/request.ts";
import { type ByteSink, type GatewayResponse, jsonResponse } from "../core/response.ts";
import type { ResponseHeaders } from "../core/response-headers.ts";
import { afterIn, choiceIn, limitIn, listOf, queryOf } from "../http/list-query.ts";
import { type Transfer, TransferShares } from "../shares/transfer-shares.ts";
import type { ReadTerms } from "../store/storage-terms.ts";
import { FILE_ID, type FileItem, type FileStore, fileObject } from "./file-store.ts";
import { ObjectMissing } from "./object-store.ts";
import { receiveFile } from "./receive-file.ts";

/** Files on one page of a list. */
const PAGE = { usual: 100, most: 1000 };

/** Uploads at once of one thread, and of one key; each holds up to two parts of S3's, 5 MiB. */
export const UPLOADS = { most: 20, mostPerCaller: 10 } as const;
/** Downloads at once of one thread, and of one key; each holds a connection to S3, of which there are 50. */
export const DOWNLOADS = { most: 40, mostPerCaller: 24 } as const;
/** A reader that takes nothing for so long has gone; its connection to S3 is another's. */
export const DOWNLOAD_IDLE_MS = 60_000;

export interface FilePagesOptions {
  readonly files: FileStore;
  readonly maxFileBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Longest time that a download's reader may take nothing, in milliseconds. @default 60000 */
  readonly idleMs?: number;
}

/** A request to files or batches, of one owner. */
export interface OwnedRequest {
  readonly request: GatewayRequest;
  readonly headers: ResponseHeaders;
  readonly owner: string;
  /** For how long what the owner stores stays. */
  readonly terms: ReadTerms;
}

/** Responses under `/v1/files`, each for the files of one owner. */
export class FilePages {
  readonly #options: FilePagesOptions;
  readonly #uploads = new TransferShares(UPLOADS);
  readonly #downloads = new TransferShares(DOWNLOADS);

  constructor(options: FilePagesOptions) {
    this.#options = options;
  }

  async upload({ request, headers, owner, terms }: OwnedRequest): Promise<GatewayResponse> {
    const gaveWay = new AbortController();
    const transfer = takeShare(this.#uploads, owner, "upload", gaveWay);
    try {
      const file = await receiveFile(request, { ...this.#options, owner, terms, transfer, gaveWay: gaveWay.signal });
      return jsonResponse(200, headers.all, fileObject(file));
    } finally {
      transfer.end();
    }
  }

  async list({ request, headers, owner }: OwnedRequest): Promise<GatewayResponse> {
    const query = queryOf(request.target);
    const limit = limitIn(query, PAGE);
    const after = afterIn(query, FILE_ID);
    const purpose = query.get("purpose");
    const found = await this.#options.files.list(owner, {
      limit,
      newestFirst: choiceIn(query, "order", ["desc", "asc"]) === "desc",
      ...(after === undefined ? {} : { after }),
      ...(purpose === null ? {} : { purpose }),
    });
    return jsonResponse(200, headers.all, listOf(found.map(fileObject), limit));
  }

  async describe({ headers, owner }: OwnedRequest, id: string): Promise<GatewayResponse> {
    return jsonResponse(200, headers.all, fileObject(await this.#find(owner, id)));
  }

  async remove({ headers, owner, terms }: OwnedRequest, id: string): Promise<GatewayResponse> {
    const file = await this.#find(owner, id);
    await this.#options.files.delete(file, (await terms()).heldBy);
    return jsonResponse(200, headers.all, { id, object: "file", deleted: true });
  }

  async content({ request, headers, owner }: OwnedRequest, id: string): Promise<GatewayResponse> {
    const { signal } = request;
    const { idleMs = DOWNLOAD_IDLE_MS } = this.#options;
    const file = await this.#find(owner, id);
    const gaveWay = new AbortController();
    const transfer = takeShare(this.#downloads, owner, "download", gaveWay);
    const ended = AbortSignal.any([signal, gaveWay.signal]);
    const bytes = this.#options.files.objects.read(file.objectKey)[Symbol.asyncIterator]();
    // At once, also while the object store stalls: the wait for its next chunk has no other end.
    const close = () => void bytes.return?.();
    ended.addEventListener("abort", close, { once: true });
    // An iterator that is read by hand is not closed by itself: its connection would stay in use for ever.
    const end = async () => {
      transfer.end();
      ended.removeEventListener("abort", close);
      await bytes.return?.();
    };
    try {
      ended.throwIfAborted();
      // Before the response begins, so that a file whose bytes are missing is a 404.
      const first = await bytes.next().catch((error: unknown) => {
        throw error instanceof ObjectMissing ? noFile(id) : error;
      });
      ended.throwIfAborted();
      const send = (sink: ByteSink) => {
        gaveWay.signal.addEventListener("abort", () => sink.destroy(), { once: true });
        if (gaveWay.signal.aborted) sink.destroy();
        return sendAll({ first, chunks: bytes, sink, idleMs, transfer }).finally(end);
      };
      const own = { "content-type": "application/jsonl", "content-length": String(file.bytes) };
      return { status: 200, headers: { ...headers.all, ...own }, body: { kind: "stream", send } };
    } catch (error) {
      await end();
      throw error;
    }
  }

  async #find(owner: string, id: string): Promise<FileItem> {
    const file = await this.#options.files.get(owner, id);
    if (file === undefined) throw noFile(id);
    return file;
  }
}

/**
 * @param gaveWay aborted with the error of a transfer whose slot another key got
 * @throws {GatewayError} `rate_limit_exceeded` when these are the caller's own, `overloaded` when they are of all
 */
function takeShare(
  shares: TransferShares,
  owner: string,
  what: "upload" | "download",
  gaveWay: AbortController,
): Transfer {
  const share = shares.take(owner, () => gaveWay.abort(evicted(what)));
  if (typeof share === "object") return share;
  if (share === "all")
    throw new GatewayError("overloaded", {
      message: `All slots for ${what}s are taken. Try again after the seconds given in Retry-After.`,
    });
  throw new GatewayError("rate_limit_exceeded", {
    message: `This key has as many ${what}s at once as it may. Wait until one has ended.`,
    retryAfterSeconds: 1,
  });
}

function evicted(what: "upload" | "download"): GatewayError {
  return new GatewayError("rate_limit_exceeded", {
    message: `This ${what} has stood still for the longest time of this key's, which has the most at once, and its slot was needed for another key. Start it again, with fewer at once.`,
    retryAfterSeconds: 5,
  });
}

function noFile(id: string): GatewayError {
  return new GatewayError("not_found", {
    message: `There is no file ${JSON.stringify(id.slice(0, 80))}. \`GET /v1/files\` lists yours.`,
  });
}

interface Sending {
  readonly first: IteratorResult<Buffer>;
  readonly chunks: AsyncIterator<Buffer>;
  readonly sink: ByteSink;
  readonly idleMs: number;
  readonly transfer: Transfer;
}

/** Sends chunks as fast as the sink takes them, and closes their source when it is closed. @throws what the source throws */
async function sendAll({ first, chunks, sink, idleMs, transfer }: Sending): Promise<void> {
  let wake: (() => void) | undefined;
  sink.onDrain(() => wake?.());
  sink.onClose(() => {
    wake?.();
    void chunks.return?.();
  });
  for (let next = first; next.done !== true; next = await chunks.next()) {
    if (sink.isClosed) return;
    transfer.progressed();
    if (sink.write(next.value) || sink.isClosed) continue;
    const timer = setTimeout(() => sink.destroy(), idleMs);
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    clearTimeout(timer);
  }
  if (!sink.isClosed) sink.end();
}
