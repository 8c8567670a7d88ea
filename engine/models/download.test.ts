import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { download } from "./download.ts";

const file = randomBytes(3_000_000);
const sha256 = createHash("sha256").update(file).digest("hex");
const open: Server[] = [];
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-download-"));
});
afterEach(async () => {
  for (const server of open.splice(0)) server.close().closeAllConnections();
  await rm(directory, { recursive: true });
});

async function serve(respond: (request: IncomingMessage, response: ServerResponse, count: number) => void) {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    respond(request, response, ranges.length);
  });
  open.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/model.gguf`, ranges };
}

function send(request: IncomingMessage, response: ServerResponse, body: Buffer = file) {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (start > 0) response.setHeader("content-range", `bytes ${start}-${body.length - 1}/${body.length}`);
  response.writeHead(start > 0 ? 206 : 200, { "content-length": body.length - start });
  return { start, rest: body.subarray(start) };
}

const options = (url: string) => ({ url, to: join(directory, "m"), bytes: file.length, sha256, retryDelayMs: 1 });

describe("download", () => {
  test("continues where a lost connection ended", async () => {
    /** What an earlier connection left, as the next one begins. */
    const parts: number[] = [];
    const { url, ranges } = await serve((request, response, count) => {
      if (count > 1) parts.push(statSync(join(directory, "m.part")).size);
      const { rest } = send(request, response);
      if (count > 2) return response.end(rest);
      response.write(rest.subarray(0, 1_000_000), () => setTimeout(() => response.destroy(), 50));
    });
    const seen: number[] = [];
    await download({ ...options(url), onProgress: (bytes) => seen.push(bytes) });
    expect((await readFile(join(directory, "m"))).equals(file)).toBe(true);
    expect(parts[0]).toBeGreaterThan(0);
    expect(parts[1]).toBeGreaterThan(parts[0] ?? 0);
    expect(ranges).toEqual([undefined, ...parts.map((bytes) => `bytes=${bytes}-`)]);
    expect(seen.at(-1)).toBe(file.length);
    expect(existsSync(join(directory, "m.part"))).toBe(false);
  });

  test("continues the part of a file that an earlier process left", async () => {
    const { url, ranges } = await serve((request, response) => response.end(send(request, response).rest));
    await writeFile(join(directory, "m.part"), file.subarray(0, 500_000));
    await download(options(url));
    expect(ranges).toEqual(["bytes=500000-"]);
    expect((await readFile(join(directory, "m"))).equals(file)).toBe(true);
  });

  test("starts again where the server does not support ranges", async () => {
    const { url } = await serve((_request, response) => response.writeHead(200).end(file));
    await writeFile(join(directory, "m.part"), randomBytes(500_000));
    await download(options(url));
    expect((await readFile(join(directory, "m"))).equals(file)).toBe(true);
  });

  test("refuses a file with the wrong checksum and leaves nothing behind", async () => {
    const other = randomBytes(file.length);
    const { url, ranges } = await serve((request, response) => response.end(send(request, response, other).rest));
    await expect(download(options(url))).rejects.toThrow(/SHA-256 is [0-9a-f]{64}, expected/);
    expect(ranges).toHaveLength(1);
    expect([existsSync(join(directory, "m")), existsSync(join(directory, "m.part"))]).toEqual([false, false]);
  });

  test("follows redirects, tries again after a 503 and not after a 404", async () => {
    const target = await serve((request, response, count) => {
      if (count === 1) return response.writeHead(503).end();
      response.end(send(request, response).rest);
    });
    const { url } = await serve((_request, response) => response.writeHead(302, { location: target.url }).end());
    await download(options(url));
    expect(target.ranges).toHaveLength(2);

    const gone = await serve((_request, response) => response.writeHead(404).end());
    await expect(download({ ...options(gone.url), to: join(directory, "n") })).rejects.toThrow(/responded with 404/);
    expect(gone.ranges).toHaveLength(1);
  });

  test("fails after too many attempts without bytes", async () => {
    const { url, ranges } = await serve((_request, response) => response.destroy());
    await expect(download({ ...options(url), attempts: 3 })).rejects.toThrow(url);
    expect(ranges).toHaveLength(3);
  });

  test("a connection without bytes for too long counts as lost", async () => {
    const { url, ranges } = await serve((request, response, count) => {
      const { rest } = send(request, response);
      if (count > 1) return response.end(rest);
      response.write(rest.subarray(0, 1_000_000));
    });
    await download({ ...options(url), stallMs: 200 });
    expect(ranges).toHaveLength(2);
  });

  test("names the missing disk space before it fetches anything", async () => {
    const { url, ranges } = await serve((_request, response) => response.end());
    await expect(download({ ...options(url), bytes: 1e18 })).rejects.toThrow(/MB free, .* are needed; free some space/);
    expect(ranges).toHaveLength(0);
  });
});
