import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { post, resumed, upstreamPools } from "../../test/upstream-pools.ts";

const poolTo = upstreamPools();

describe("a compressed response", () => {
  test("is unpacked no further than its reader reads", async () => {
    const unpacked = 16 * 1024 * 1024;
    const packed = gzipSync(Buffer.alloc(unpacked));
    const pool = await poolTo((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(packed);
    });
    const { body } = await post(pool);
    let bytes = 0;
    const ended = Promise.withResolvers<Error | undefined>();
    body.read({
      onData: (chunk) => {
        bytes += chunk.length;
        body.pause();
      },
      onEnd: ended.resolve,
    });
    await expect.poll(() => bytes).toBeGreaterThan(0);
    await sleep(200);
    expect(bytes).toBeLessThan(1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    await sleep(200);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
    const stop = resumed(body);
    expect(await ended.promise).toBeUndefined();
    stop();
    expect(bytes).toBe(unpacked);
  });

  test("of another large one in many pieces arrives whole, whatever its reader's pace", async () => {
    const text = randomBytes(3_000_000);
    const pool = await poolTo((_, response) => {
      response.writeHead(200, { "content-encoding": "br" });
      response.end(brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }));
    });
    const { body } = await post(pool);
    const chunks: Buffer[] = [];
    const ended = Promise.withResolvers<Error | undefined>();
    body.read({
      onData: (chunk) => {
        chunks.push(chunk);
        body.pause();
        setImmediate(() => body.resume());
      },
      onEnd: ended.resolve,
    });
    expect(await ended.promise).toBeUndefined();
    expect(Buffer.concat(chunks).equals(text)).toBe(true);
  });
});
