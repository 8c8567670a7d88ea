import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readXml, writeXml } from "../../aws-api/xml.ts";
import { header, requestTarget, respond } from "../../http/server.ts";
import { asNumber, asObject, blocks, type JsonObject } from "../../template/json.ts";
import type { ObjectFolder } from "./object-folder.ts";
import { bodyOf, textOf } from "./request-body.ts";

/** S3's own page size. */
const MAX_LISTED = 1000;

/**
 * The part of S3's API that the processes use, over folders; `onCreated` is called for each object that was written: put (also if there is none), get (also a range), head, delete,
 * list (version 2, and versions, of which each object has one), copy (whole, or as a part) and multipart uploads. Buckets are the first part of the path, as the SDK writes it for an address without a name.
 */
export async function handleS3(
  bucketOf: (name: string) => ObjectFolder | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  onCreated: (bucket: string, key: string) => void = () => undefined,
): Promise<void> {
  const { path, query } = requestTarget(request);
  const [name = "", ...rest] = path.slice(1).split("/").map(decodeURIComponent);
  const key = rest.join("/");
  const bucket = bucketOf(name);
  if (bucket === undefined) return refuse(response, 404, "NoSuchBucket", "The specified bucket does not exist");
  const created = () => onCreated(name, key);
  const call = { bucket, name, key, query: new URLSearchParams(query), request, response, created };
  if (key === "") {
    if (call.query.has("versions")) return listVersions(call);
    return call.query.get("list-type") === "2" ? list(call) : unknown(call);
  }
  if (call.query.has("uploadId") || call.query.has("uploads")) return await handleUpload(call, bucketOf);
  if (request.method === "PUT" && header(request, COPY_SOURCE) !== undefined) return await copy(call, bucketOf);
  if (request.method === "PUT") {
    const stored = await bucket.put(key, bodyOf(request), { isNew: header(request, "if-none-match") === "*" });
    if (stored === undefined)
      return refuse(
        response,
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
      );
    const { etag } = stored;
    created();
    return respond(response, 200, { etag });
  }
  if (request.method === "DELETE") {
    await bucket.delete(key);
    return respond(response, 204, {});
  }
  if (request.method === "GET" || request.method === "HEAD") return await get(call);
  unknown(call);
}

interface S3Request {
  readonly bucket: ObjectFolder;
  readonly name: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Called when the object is there. */
  readonly created: () => void;
}

async function get({ bucket, key, request, response }: S3Request): Promise<void> {
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

/** One range of the form `bytes=a-b`; other forms are ignored, as HTTP allows. */
function rangeOf(text: string | undefined, size: number) {
  const match = /^bytes=(\d+)-(\d*)$/.exec(text ?? "");
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = Math.min(match[2] === "" ? size - 1 : Number(match[2]), size - 1);
  return start > end ? ("unsatisfiable" as const) : { start, end };
}

function list({ bucket, name, query, response }: S3Request): void {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const limit = Math.min(MAX_LISTED, Number(query.get("max-keys") ?? MAX_LISTED));
  const keys = bucket.list(prefix).filter(({ key }) => key > after);
  const page = keys.slice(0, limit);
  const isCut = keys.length > page.length;
  const last = page.at(-1);
  xml(response, 200, {
    ListBucketResult: {
      Name: name,
      Prefix: prefix,
      KeyCount: page.length,
      MaxKeys: limit,
      IsTruncated: isCut,
      ...(isCut && last ? { NextContinuationToken: last.key } : {}),
      Contents: page.map(({ key, size, etag, modifiedAt }) => ({
        Key: key,
        LastModified: modifiedAt.toISOString(),
        ETag: etag,
        Size: size,
        StorageClass: "STANDARD",
      })),
    },
  });
}

/** All versions on one page. An object has one here, so a later one and a deletion are never listed. */
function listVersions({ bucket, name, query, response }: S3Request): void {
  const prefix = query.get("prefix") ?? "";
  xml(response, 200, {
    ListVersionsResult: {
      Name: name,
      Prefix: prefix,
      IsTruncated: false,
      Version: bucket.list(prefix).map(({ key, size, etag, modifiedAt }) => ({
        Key: key,
        VersionId: "null",
        IsLatest: true,
        LastModified: modifiedAt.toISOString(),
        ETag: etag,
        Size: size,
      })),
    },
  });
}

type BucketOf = (name: string) => ObjectFolder | undefined;

const COPY_SOURCE = "x-amz-copy-source";

/** The bytes that a copy names, after the rules of API_CopyObject and API_UploadPartCopy. @returns undefined where it was refused */
async function copySource(
  { request, response }: S3Request,
  bucketOf: BucketOf,
): Promise<AsyncIterable<Buffer> | undefined> {
  const [path = ""] = (header(request, COPY_SOURCE) ?? "").replace(/^\//, "").split("?");
  const [name = "", ...rest] = path.split("/").map(decodeURIComponent);
  const key = rest.join("/");
  const bucket = bucketOf(name);
  const found = await bucket?.find(key);
  if (bucket === undefined || found === undefined) {
    if (bucket === undefined) refuse(response, 404, "NoSuchBucket", "The specified bucket does not exist");
    else refuse(response, 404, "NoSuchKey", "The specified key does not exist.");
    return undefined;
  }
  const range = rangeOf(header(request, `${COPY_SOURCE}-range`), found.size);
  if (range === "unsatisfiable") {
    refuse(response, 400, "InvalidArgument", `Range specified is not valid for source object of size: ${found.size}`);
    return undefined;
  }
  return found.size === 0 ? Readable.from([]) : bucket.read(key, range);
}

async function copy(call: S3Request, bucketOf: BucketOf): Promise<void> {
  const source = await copySource(call, bucketOf);
  if (source === undefined) return;
  const { etag, modifiedAt } = await call.bucket.put(call.key, source);
  call.created();
  xml(call.response, 200, { CopyObjectResult: { ETag: etag, LastModified: modifiedAt.toISOString() } });
}

async function handleUpload(call: S3Request, bucketOf: BucketOf): Promise<void> {
  const { bucket, name, key, query, request, response } = call;
  const location = { Bucket: name, Key: key };
  if (request.method === "POST" && query.has("uploads")) {
    const InitiateMultipartUploadResult = { ...location, UploadId: bucket.beginUpload() };
    return xml(response, 200, { InitiateMultipartUploadResult });
  }
  const id = query.get("uploadId") ?? "";
  if (!bucket.hasUpload(id)) return refuse(response, 404, "NoSuchUpload", "The specified upload does not exist.");
  if (request.method === "PUT" && header(request, COPY_SOURCE) !== undefined) {
    const source = await copySource(call, bucketOf);
    if (source === undefined) return;
    const etag = await bucket.putPart(id, Number(query.get("partNumber")), source);
    return xml(response, 200, { CopyPartResult: { ETag: etag, LastModified: new Date().toISOString() } });
  }
  if (request.method === "PUT") {
    const etag = await bucket.putPart(id, Number(query.get("partNumber")), bodyOf(request));
    return respond(response, 200, { etag });
  }
  if (request.method === "DELETE") {
    await bucket.abortUpload(id);
    return respond(response, 204, {});
  }
  if (request.method !== "POST") return unknown(call);
  const { CompleteMultipartUpload } = readXml(await textOf(request));
  const parts = blocks(asObject(CompleteMultipartUpload).Part).map(({ PartNumber }) => asNumber(PartNumber));
  const { etag } = await bucket.finishUpload(id, key, parts);
  call.created();
  xml(response, 200, { CompleteMultipartUploadResult: { ...location, ETag: etag } });
}

function unknown({ request, response }: S3Request): void {
  refuse(response, 400, "NotImplemented", `The twin has no local response for S3's ${request.method} here.`);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  xml(response, status, { Error: { Code: code, Message: message } });
}

function xml(response: ServerResponse, status: number, body: JsonObject): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>${writeXml(body)}`;
  respond(response, status, { "content-type": "application/xml" }, text);
}
