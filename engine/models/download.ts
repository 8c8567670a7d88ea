import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat, statfs } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface DownloadOptions {
  readonly url: string;
  /** Path of the file; until it is complete and checked it is called `<to>.part`. */
  readonly to: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Called with the bytes on disk so far. */
  readonly onProgress?: (bytes: number) => void;
  /** Attempts in a row that may receive no bytes; default 4. An attempt that receives bytes starts the count again. */
  readonly attempts?: number;
  /** Wait before the second attempt, doubled before each further one; default 500 ms. */
  readonly retryDelayMs?: number;
  /** An attempt ends when no bytes arrive for this long; default 30 s. */
  readonly stallMs?: number;
}

/** A failed download; the message has the address and the reason. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  /** False when another attempt can't help (not found, wrong checksum, disk full). */
  readonly retryable: boolean;
  constructor(message: string, retryable: boolean) {
    super(message);
    this.retryable = retryable;
  }
}

const MAX_REDIRECTS = 5;
/** Space that stays free on the disk. */
const DISK_MARGIN_BYTES = 64 * 2 ** 20;

/**
 * Downloads one file of known size and checksum. Continues an interrupted download (`Range`), starts again where the
 * server can't, and renames the file to its name only when its SHA-256 is right. Throws DownloadError.
 */
export async function download(options: DownloadOptions): Promise<void> {
  const part = `${options.to}.part`;
  await mkdir(dirname(options.to), { recursive: true });
  const { attempts = 4, retryDelayMs = 500 } = options;
  let failures = 0;
  for (;;) {
    const before = await sizeOf(part);
    try {
      if (before > options.bytes) await rm(part, { force: true });
      if (before !== options.bytes) await fetchRest(options, part);
      break;
    } catch (error) {
      const problem = asDownloadError(options.url, error);
      const progressed = (await sizeOf(part)) > before;
      failures = progressed ? 1 : failures + 1;
      if (!problem.retryable || failures >= attempts) throw problem;
      await sleep(retryDelayMs * 2 ** (failures - 1));
    }
  }
  const sum = await sha256OfFile(part);
  if (sum !== options.sha256) {
    await rm(part, { force: true });
    throw new DownloadError(
      `${options.url}: SHA-256 is ${sum}, expected ${options.sha256}; the file was deleted.`,
      false,
    );
  }
  await rename(part, options.to);
}

/** SHA-256 of a file, lower-case hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest("hex");
}

/** Throws DownloadError when the disk under `directory` has no space for `bytes` more. */
export async function requireDiskSpace(directory: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free < bytes + DISK_MARGIN_BYTES) {
    const megabytes = (value: number) => Math.ceil(value / 1e6);
    throw new DownloadError(
      `${directory} has ${megabytes(free)} MB free, ${megabytes(bytes + DISK_MARGIN_BYTES)} MB are needed; free some space.`,
      false,
    );
  }
}

async function fetchRest(options: DownloadOptions, part: string): Promise<void> {
  const offset = await sizeOf(part);
  await requireDiskSpace(dirname(part), options.bytes - offset);
  const response = await open(options.url, offset, options.stallMs ?? 30_000);
  const status = response.statusCode ?? 0;
  if (status === 416) {
    response.destroy();
    await rm(part, { force: true });
    throw new DownloadError(`${options.url}: the server refused to continue from byte ${offset}.`, true);
  }
  if (status !== 200 && status !== 206) {
    response.destroy();
    throw new DownloadError(`${options.url}: the server responded with ${status}.`, status === 429 || status >= 500);
  }
  const start = status === 206 ? rangeStart(response.headers["content-range"]) : 0;
  if (start !== 0 && start !== offset) {
    response.destroy();
    await rm(part, { force: true });
    throw new DownloadError(
      `${options.url}: the request was for bytes from ${offset}, the response has them from ${start}.`,
      true,
    );
  }
  let have = start;
  response.on("data", (chunk: Buffer) => {
    have += chunk.length;
    if (have > options.bytes) response.destroy(new Error(`more than ${options.bytes} bytes came`));
    options.onProgress?.(have);
  });
  await pipeline(response, createWriteStream(part, { flags: start === 0 ? "w" : "a" }));
  if (have !== options.bytes) throw new Error(`connection ended after ${have} of ${options.bytes} bytes`);
}

async function open(url: string, offset: number, stallMs: number): Promise<http.IncomingMessage> {
  let address = new URL(url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const response = await request(address, offset, stallMs);
    const { location } = response.headers;
    if (!location || ![301, 302, 303, 307, 308].includes(response.statusCode ?? 0)) return response;
    response.resume();
    address = new URL(location, address);
  }
  throw new DownloadError(`${url}: more than ${MAX_REDIRECTS} redirects.`, false);
}

function request(address: URL, offset: number, stallMs: number): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const client = address.protocol === "http:" ? http : https;
  const headers = { "accept-encoding": "identity", ...(offset > 0 ? { range: `bytes=${offset}-` } : {}) };
  const outgoing = client.get(address, { headers, agent: false }, resolve);
  outgoing.setTimeout(stallMs, () => outgoing.destroy(new Error(`no bytes arrived for ${stallMs / 1000} s`)));
  outgoing.on("error", reject);
  return promise;
}

function rangeStart(header: string | undefined): number {
  const match = /^bytes (\d+)-/.exec(header ?? "");
  return match ? Number(match[1]) : -1;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.size ?? 0;
}

function asDownloadError(url: string, error: unknown): DownloadError {
  if (error instanceof DownloadError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return new DownloadError(`${url}: ${message}.`, code !== "ENOSPC" && code !== "EACCES" && code !== "EROFS");
}
