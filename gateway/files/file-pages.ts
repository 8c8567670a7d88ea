import { pipeline } from "node:stream/promises";
import { GatewayError } from "../core/gateway-error.ts";
import type { Exchange } from "../exchange.ts";
import { sendJson } from "../http/answer.ts";
import { choiceIn, limitIn, listOf, queryOf } from "../http/list-query.ts";
import { type FileItem, type FileStore, fileObject } from "./file-store.ts";
import { ObjectMissing } from "./object-store.ts";
import { receiveFile } from "./receive-file.ts";

/** Files on one page of a list. */
const PAGE = { usual: 100, most: 1000 };

export interface FilePagesOptions {
  readonly files: FileStore;
  readonly maxFileBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Answers under `/v1/files`, each for the files of one owner. */
export class FilePages {
  readonly #options: FilePagesOptions;

  constructor(options: FilePagesOptions) {
    this.#options = options;
  }

  async upload(exchange: Exchange, owner: string): Promise<void> {
    const file = await receiveFile(exchange, { ...this.#options, owner });
    sendJson(exchange.response, 200, exchange.headers, fileObject(file));
  }

  async list(exchange: Exchange, owner: string): Promise<void> {
    const query = queryOf(exchange);
    const limit = limitIn(query, PAGE);
    const after = query.get("after");
    const purpose = query.get("purpose");
    const found = await this.#options.files.list(owner, {
      limit,
      newestFirst: choiceIn(query, "order", ["desc", "asc"]) === "desc",
      ...(after === null ? {} : { after }),
      ...(purpose === null ? {} : { purpose }),
    });
    sendJson(exchange.response, 200, exchange.headers, listOf(found.map(fileObject), limit));
  }

  async describe(exchange: Exchange, owner: string, id: string): Promise<void> {
    sendJson(exchange.response, 200, exchange.headers, fileObject(await this.#find(owner, id)));
  }

  async remove(exchange: Exchange, owner: string, id: string): Promise<void> {
    await this.#options.files.delete(await this.#find(owner, id));
    sendJson(exchange.response, 200, exchange.headers, { id, object: "file", deleted: true });
  }

  async content(exchange: Exchange, owner: string, id: string): Promise<void> {
    const { response, headers } = exchange;
    const { signal } = exchange.abort;
    const file = await this.#find(owner, id);
    const bytes = this.#options.files.objects.read(file.objectKey)[Symbol.asyncIterator]();
    // At once, also while the object store stalls: nothing else would end the wait for its next chunk.
    const close = () => void bytes.return?.();
    signal.addEventListener("abort", close, { once: true });
    try {
      signal.throwIfAborted();
      // Before the head goes out, so that a file whose bytes are gone is a 404.
      const first = await bytes.next().catch((error: unknown) => {
        throw error instanceof ObjectMissing ? noFile(id) : error;
      });
      signal.throwIfAborted();
      async function* all() {
        for (let next = first; next.done !== true; next = await bytes.next()) yield next.value;
      }
      response.writeHead(200, { ...headers, "content-type": "application/jsonl", "content-length": file.bytes });
      await pipeline(all(), response);
    } finally {
      signal.removeEventListener("abort", close);
      // An iterator that is read by hand is not closed by itself: its connection would stay in use for ever.
      await bytes.return?.();
    }
  }

  async #find(owner: string, id: string): Promise<FileItem> {
    const file = await this.#options.files.get(owner, id);
    if (file === undefined) throw noFile(id);
    return file;
  }
}

function noFile(id: string): GatewayError {
  return new GatewayError("not_found", {
    message: `There is no file ${JSON.stringify(id.slice(0, 80))}. \`GET /v1/files\` lists yours.`,
  });
}
