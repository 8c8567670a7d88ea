import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};
const compress = promisify(gzip);

/** Sends a file of a built page, compressed for browsers that accept it, as the distribution does; 404 without one. */
export async function serveFile(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch {
    response.writeHead(404).end();
    return;
  }
  response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
  const isCompressed = request.headers["accept-encoding"]?.includes("gzip") === true;
  if (isCompressed) response.setHeader("content-encoding", "gzip");
  response.end(isCompressed ? await compress(content) : content);
}
