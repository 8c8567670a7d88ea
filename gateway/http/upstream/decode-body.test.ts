import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { bodyDecoder } from "./decode-body.ts";

const TEXT = "A text that is compressed. ".repeat(100);
const PACKED = {
  gzip: gzipSync(TEXT),
  "x-gzip": gzipSync(TEXT),
  deflate: deflateSync(TEXT),
  "deflate (raw)": deflateRawSync(TEXT),
  br: brotliCompressSync(TEXT),
} as const;
const ENCODINGS = Object.keys(PACKED) as readonly (keyof typeof PACKED)[];
const LATER = Buffer.from("bytes behind the end");

/** What a response in these pieces stands for, and why it was broken off. */
async function decoded(encoding: string, pieces: readonly Buffer[], error?: Error) {
  const aborts: Error[] = [];
  const connection = { pause: () => undefined, resume: () => undefined, abort: (reason: Error) => aborts.push(reason) };
  const decoder = bodyDecoder(encoding.split(" ", 1)[0], connection);
  const bytes = decoder!.body.whole(1_000_000);
  for (const piece of pieces) decoder!.push(piece);
  decoder!.end(error);
  return { text: String(await bytes), aborts };
}

const bytesOf = (packed: Buffer) => Array.from({ length: packed.length }, (_, at) => packed.subarray(at, at + 1));

describe.each(ENCODINGS)("a response in %s", (encoding) => {
  const packed = PACKED[encoding];

  test("is unpacked, whole and byte by byte", async () => {
    expect((await decoded(encoding, [packed])).text).toBe(TEXT);
    expect((await decoded(encoding, bytesOf(packed))).text).toBe(TEXT);
  });

  test("is good with bytes behind its end", async () => {
    for (const pieces of [[Buffer.concat([packed, LATER])], [packed, LATER], bytesOf(Buffer.concat([packed, LATER]))])
      expect((await decoded(encoding, pieces)).text).toBe(TEXT);
  });

  test("is good with zeros behind its end", async () => {
    const zeros = Buffer.alloc(600);
    for (const pieces of [[Buffer.concat([packed, zeros])], [packed, zeros]])
      expect((await decoded(encoding, pieces)).text).toBe(TEXT);
  });

  test("is over at its end: what breaks off behind it does not matter", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const connection = { pause: () => undefined, resume: () => undefined, abort: () => undefined };
    const decoder = bodyDecoder(encoding.split(" ", 1)[0], connection);
    void decoder!.body.whole(1_000_000).then((bytes) => resolve(String(bytes)));
    decoder!.push(Buffer.concat([packed, LATER]));
    expect(await promise).toBe(TEXT);
    decoder!.end(new Error("broken off"));
  });

  test("that is cut off, or no such thing, is an error", async () => {
    for (const cut of [1, 5, 40])
      await expect(decoded(encoding, [packed.subarray(0, packed.length - cut)])).rejects.toThrow();
    await expect(decoded(encoding, [Buffer.from("!no compressed bytes at all, but a text!")])).rejects.toThrow();
    await expect(decoded(encoding, [packed.subarray(0, 30)], new Error("broken off"))).rejects.toThrow("broken off");
  });

  test("whose connection brings ever more behind its end is broken off", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const aborts: Error[] = [];
    const connection = {
      pause: () => undefined,
      resume: () => undefined,
      abort: (reason: Error) => aborts.push(reason),
    };
    const decoder = bodyDecoder(encoding.split(" ", 1)[0], connection);
    const bytes = decoder!.body.whole(1_000_000);
    decoder!.push(packed);
    decoder!.push(LATER);
    expect(String(await bytes)).toBe(TEXT);
    decoder!.push(LATER);
    expect(aborts).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(aborts).toHaveLength(1);
  });

  test("without a byte is empty", async () => {
    expect((await decoded(encoding, [])).text).toBe("");
  });
});

describe("a response in gzip", () => {
  test("may have a file name, a comment and more in its head", async () => {
    const head = Buffer.from([
      0x1f,
      0x8b,
      8,
      4 + 8 + 16 + 2,
      0,
      0,
      0,
      0,
      0,
      255,
      3,
      0,
      1,
      2,
      3,
      97,
      0,
      98,
      99,
      0,
      9,
      9,
    ]);
    const packed = Buffer.concat([head, PACKED.gzip.subarray(10)]);
    for (const pieces of [[packed], bytesOf(packed)]) expect((await decoded("gzip", pieces)).text).toBe(TEXT);
  });

  test("whose check sum is another one, or whose second member is cut off, is an error", async () => {
    const damaged = Buffer.from(PACKED.gzip);
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 8) ^ 1, damaged.length - 8);
    await expect(decoded("gzip", [damaged])).rejects.toThrow("The gzip is damaged: its check sum is another one.");
    const cut = Buffer.concat([PACKED.gzip, PACKED.gzip.subarray(0, 12)]);
    await expect(decoded("gzip", [cut])).rejects.toThrow("The gzip is cut off.");
  });

  test("of several members is all of them", async () => {
    const two = Buffer.concat([gzipSync("one, "), gzipSync("two")]);
    for (const pieces of [[two], bytesOf(two), [two, LATER]])
      expect((await decoded("gzip", pieces)).text).toBe("one, two");
  });
});
