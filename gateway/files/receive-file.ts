import { FILE_DAYS, FILE_PURPOSES } from "../../contracts/api/files.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { GatewayRequest } from "../core/request.ts";
import type { Transfer } from "../shares/transfer-shares.ts";
import type { ReadTerms } from "../store/storage-terms.ts";
import { type FileItem, type FileStore, timeOrderedId } from "./file-store.ts";
import { FormError, formBoundary, readForm } from "./multipart-form.ts";
import type { ObjectUpload } from "./object-store.ts";

export interface ReceiveFileOptions {
  readonly terms: ReadTerms;
  readonly owner: string;
  readonly files: FileStore;
  readonly maxFileBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The slot that the upload has. */
  readonly transfer: Transfer;
  /** Aborted, with the error for the client, when the slot is another's. */
  readonly gaveWay: AbortSignal;
}

/** Room for a form's boundaries, heads and other fields beside the file. */
const FORM_BYTES = 64 * 1024;
/** Of a field that is not the file. */
const MAX_FIELD_BYTES = 1024;
const MAX_NAME_CHARACTERS = 255;
const MIN_SECONDS = 3600;
const MAX_SECONDS = FILE_DAYS * 86_400;

/**
 * Takes an uploaded form and stores its file while it arrives: neither memory nor disk holds the whole of it.
 * @throws {GatewayError} 400, 413 or 415, or why it gave way; no file is stored then
 */
export async function receiveFile(request: GatewayRequest, options: ReceiveFileOptions): Promise<FileItem> {
  const boundary = boundaryOf(request);
  if (boundary === undefined)
    throw new GatewayError("unsupported_media_type", {
      message:
        "A file is uploaded as a form. Send `content-type: multipart/form-data` with the fields `purpose` and `file`.",
    });
  if (Number(request.headers["content-length"] ?? 0) > options.maxFileBytes + FORM_BYTES) throw tooLarge(options);
  const upload = new Upload(options);
  const { gaveWay } = options;
  const ended = AbortSignal.any([request.signal, gaveWay]);
  const lost = Promise.withResolvers<never>();
  // At once, also while the client or the object store stalls: the wait for them has no other end.
  const onAbort = () => {
    void upload.abort();
    if (gaveWay.aborted) lost.reject(gaveWay.reason);
  };
  ended.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([received(request, boundary, upload, options), lost.promise]);
  } catch (error) {
    const aborted = upload.abort();
    // What the store still has of it is removed meanwhile, however long that takes.
    if (!gaveWay.aborted) await aborted;
    ended.throwIfAborted();
    throw error instanceof FormError ? invalid("file", error.message) : error;
  } finally {
    ended.removeEventListener("abort", onAbort);
  }
}

async function received(
  request: GatewayRequest,
  boundary: string,
  upload: Upload,
  options: ReceiveFileOptions,
): Promise<FileItem> {
  await readForm(bodyOf(request, options), boundary, upload);
  return await upload.finish();
}

function boundaryOf({ headers }: GatewayRequest): string | undefined {
  try {
    return formBoundary(headers["content-type"]);
  } catch (error) {
    throw error instanceof FormError ? invalid("content-type", error.message) : error;
  }
}

async function* bodyOf({ body }: GatewayRequest, options: ReceiveFileOptions): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const bytes of body.chunks()) {
    options.transfer.progressed();
    options.gaveWay.throwIfAborted();
    size += bytes.length;
    if (size > options.maxFileBytes + FORM_BYTES) throw tooLarge(options);
    yield bytes;
  }
}

class Upload {
  readonly #options: ReceiveFileOptions;
  readonly #id: string;
  readonly #fields = new Map<string, string>();
  #object: ObjectUpload | undefined;
  #filename: string | undefined;
  #field = "";
  #bytes = 0;

  constructor(options: ReceiveFileOptions) {
    this.#options = options;
    this.#id = timeOrderedId("file-", options.now());
  }

  part({ name, filename }: { readonly name: string; readonly filename: string | undefined }): void {
    this.#field = name;
    if (name !== "file") {
      this.#fields.set(name, "");
      return;
    }
    if (this.#object !== undefined) throw invalid("file", "The form has two files. Send one in each request.");
    if (filename === undefined)
      throw invalid("file", "`file` must be a file, with a file name in its part of the form.");
    const short = (filename === "" ? "upload.jsonl" : filename).slice(0, MAX_NAME_CHARACTERS);
    // The cut may be within a pair of surrogates, of which half is no text.
    this.#filename = short.replace(/[\ud800-\udbff]$/, "");
    const { files, owner } = this.#options;
    this.#object = files.objects.upload(files.objectKey(owner, this.#id));
  }

  async data(chunk: Buffer): Promise<void> {
    if (this.#field === "file") {
      this.#bytes += chunk.length;
      if (this.#bytes > this.#options.maxFileBytes) throw tooLarge(this.#options);
      // The chunk is a part of a larger buffer, which would stay in memory with it.
      await this.#object?.write(Buffer.from(chunk));
      return;
    }
    const text = (this.#fields.get(this.#field) ?? "") + chunk.toString("latin1");
    if (text.length > MAX_FIELD_BYTES)
      throw invalid(this.#field, `\`${this.#field}\` is over ${MAX_FIELD_BYTES} bytes.`);
    this.#fields.set(this.#field, text);
  }

  async finish(): Promise<FileItem> {
    const { owner, files, now, terms } = this.#options;
    const purpose = FILE_PURPOSES.find((known) => known === this.#fields.get("purpose"));
    if (purpose === undefined) {
      const got = this.#fields.get("purpose");
      const shown = got === undefined ? "" : `, got ${JSON.stringify(got.slice(0, 80))}`;
      throw invalid(
        "purpose",
        `\`purpose\` must be ${FILE_PURPOSES.join(" or ")}${shown}. Send it as a field of the form.`,
      );
    }
    if (this.#object === undefined || this.#filename === undefined)
      throw invalid("file", "`file` is required; add it to the form.");
    if (this.#bytes === 0) throw invalid("file", "`file` is empty. Send a file with one request in each line.");
    const seconds = this.#retentionSeconds();
    const bytes = await this.#object.finish();
    this.#options.gaveWay.throwIfAborted();
    const { keepDays = FILE_DAYS, heldBy } = await terms();
    const createdAt = Math.floor(now() / 1000);
    const file = {
      id: this.#id,
      owner,
      bytes,
      createdAt,
      expiresAt: createdAt + Math.min(seconds, keepDays * 86_400),
      longestSeconds: seconds,
      filename: this.#filename,
      purpose,
    };
    return await files.add(file, heldBy);
  }

  async abort(): Promise<void> {
    await this.#object?.abort();
  }

  #retentionSeconds(): number {
    const text = this.#fields.get("expires_after[seconds]");
    if (text === undefined) return MAX_SECONDS;
    const seconds = Number(text);
    if (!/^\d+$/.test(text) || seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
      const param = "expires_after[seconds]";
      throw invalid(
        param,
        `\`${param}\` must be ${MIN_SECONDS} to ${MAX_SECONDS}, got ${JSON.stringify(text.slice(0, 80))}.`,
      );
    }
    return seconds;
  }
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", { message, param });
}

function tooLarge({ maxFileBytes }: ReceiveFileOptions): GatewayError {
  return new GatewayError("request_too_large", {
    message: `The file is over the limit of ${maxFileBytes} bytes. Cut it into several files and batches.`,
  });
}
