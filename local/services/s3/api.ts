import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { answer, header, requestTarget } from "../../http/server.ts";
import { escapeXml } from "../ec2-autoscaling/api.ts";
import type { ObjectFolder, StoredFile } from "./object-folder.ts";

/** S3's own page size. */
const MAX_LISTED = 1000;

/** Whether a request to the twin's one AWS address is S3's: it alone has a path, the bucket's. */
export function isS3Request(request: IncomingMessage): boolean {
  return requestTarget(request).path !== "/" && header(request, "x-amz-target") === undefined;
}

/**
 * The part of S3's API that the processes use, over folders: put, get (also a range), head, delete, list (version 2) and
 * multipart uploads. Buckets are the first part of the path, as the SDK writes it for an address without a name.
 */
export async function handleS3(
  bucketOf: (name: string) => ObjectFolder | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { path, query } = requestTarget(request);
  const [name = "", ...rest] = path.slice(1).split("/").map(decodeURIComponent);
  const key = rest.join("/");
  const bucket = bucketOf(name);
  if (bucket === undefined) return refuse(response, 404, "NoSuchBucket", "The specified bucket does not exist");
  const asked = { bucket, name, key, query: new URLSearchParams(query), request, response };
  if (key === "") return asked.query.get("list-type") === "2" ? list(asked) : unknown(asked);
  if (asked.query.has("uploadId") || asked.query.has("uploads")) return await handleUpload(asked);
  if (request.method === "PUT") {
    const { etag } = await bucket.put(key, bodyOf(request));
    return answer(response, 200, { etag });
  }
  if (request.method === "DELETE") {
    await bucket.delete(key);
    return answer(response, 204, {});
  }
  if (request.method === "GET" || request.method === "HEAD") return await get(asked);
  unknown(asked);
}

interface Asked {
  readonly bucket: ObjectFolder;
  readonly name: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function get({ bucket, key, request, response }: Asked): Promise<void> {
  const found = await bucket.find(key);
  if (found === undefined) return refuse(response, 404, "NoSuchKey", "The specified key does not exist.");
  const range = rangeOf(header(request, "range"), found.size);
  if (range === "unsatisfiable") return refuse(response, 416, "InvalidRange", "The requested range is not satisfiable");
  const { start, end } = range ?? { start: 0, end: found.size - 1 };
  response.writeHead(range === undefined ? 200 : 206, {
    "content-type": "application/octet-stream",
    "content-length": end - start + 1,
    etag: found.etag,
    "last-modified": found.modifiedAt.toUTCString(),
    ...(range === undefined ? {} : { "content-range": `bytes ${start}-${end}/${found.size}` }),
  });
  if (request.method === "HEAD" || found.size === 0) return void response.end();
  await pipeline(bucket.read(key, { start, end }), response);
}

/** One range of the form `bytes=a-b`; others are ignored, as HTTP allows. */
function rangeOf(text: string | undefined, size: number) {
  const match = /^bytes=(\d+)-(\d*)$/.exec(text ?? "");
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = Math.min(match[2] === "" ? size - 1 : Number(match[2]), size - 1);
  return start > end ? ("unsatisfiable" as const) : { start, end };
}

function list({ bucket, name, query, response }: Asked): void {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const limit = Math.min(MAX_LISTED, Number(query.get("max-keys") ?? MAX_LISTED));
  const keys = bucket.list(prefix).filter(({ key }) => key > after);
  const page = keys.slice(0, limit);
  const isCut = keys.length > page.length;
  const last = page.at(-1);
  const contents = page.map(
    ({ key, size, etag, modifiedAt }) =>
      `<Contents><Key>${escapeXml(key)}</Key><LastModified>${modifiedAt.toISOString()}</LastModified>` +
      `<ETag>${escapeXml(etag)}</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  );
  xml(
    response,
    200,
    `<ListBucketResult><Name>${escapeXml(name)}</Name><Prefix>${escapeXml(prefix)}</Prefix>` +
      `<KeyCount>${page.length}</KeyCount><MaxKeys>${limit}</MaxKeys><IsTruncated>${isCut}</IsTruncated>` +
      (isCut && last ? `<NextContinuationToken>${escapeXml(last.key)}</NextContinuationToken>` : "") +
      `${contents.join("")}</ListBucketResult>`,
  );
}

async function handleUpload(asked: Asked): Promise<void> {
  const { bucket, name, key, query, request, response } = asked;
  const place = `<Bucket>${escapeXml(name)}</Bucket><Key>${escapeXml(key)}</Key>`;
  if (request.method === "POST" && query.has("uploads")) {
    const begun = `${place}<UploadId>${bucket.beginUpload()}</UploadId>`;
    return xml(response, 200, `<InitiateMultipartUploadResult>${begun}</InitiateMultipartUploadResult>`);
  }
  const id = query.get("uploadId") ?? "";
  if (!bucket.hasUpload(id)) return refuse(response, 404, "NoSuchUpload", "The specified upload does not exist.");
  if (request.method === "PUT") {
    const etag = await bucket.putPart(id, Number(query.get("partNumber")), bodyOf(request));
    return answer(response, 200, { etag });
  }
  if (request.method === "DELETE") {
    await bucket.abortUpload(id);
    return answer(response, 204, {});
  }
  if (request.method !== "POST") return unknown(asked);
  const text = await textOf(request);
  const parts = [...text.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => Number(number));
  const stored: StoredFile = await bucket.finishUpload(id, key, parts);
  const finished = `${place}<ETag>${escapeXml(stored.etag)}</ETag>`;
  xml(response, 200, `<CompleteMultipartUploadResult>${finished}</CompleteMultipartUploadResult>`);
}

/**
 * The object's bytes. The SDK may send them in chunks with a checksum behind the last (`aws-chunked`): each chunk is its
 * length in hexadecimal, a line break, the bytes, a line break; length 0 ends them.
 */
async function* bodyOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  if (!/\baws-chunked\b/.test(header(request, "content-encoding") ?? "")) {
    for await (const chunk of request) yield Buffer.from(chunk);
    return;
  }
  let held = Buffer.alloc(0);
  let left = 0;
  for await (const piece of request) {
    held = Buffer.concat([held, Buffer.from(piece)]);
    for (;;) {
      if (left > 0) {
        const data = held.subarray(0, left);
        if (data.length > 0) yield data;
        left -= data.length;
        held = held.subarray(data.length);
        if (left > 0) break;
        left = -2; // the line break behind the bytes
      }
      if (left < 0) {
        if (held.length < 2) break;
        held = held.subarray(2);
        left = 0;
      }
      const at = held.indexOf("\r\n");
      if (at < 0) break;
      left = Number.parseInt(held.toString("latin1", 0, at), 16);
      held = held.subarray(at + 2);
      if (!(left > 0)) {
        request.resume();
        return;
      }
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bodyOf(request)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function unknown({ request, response }: Asked): void {
  refuse(response, 400, "NotImplemented", `The twin has no local answer for S3's ${request.method} here.`);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  xml(response, status, `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`);
}

function xml(response: ServerResponse, status: number, body: string): void {
  answer(response, status, { "content-type": "application/xml" }, `<?xml version="1.0" encoding="UTF-8"?>${body}`);
}
