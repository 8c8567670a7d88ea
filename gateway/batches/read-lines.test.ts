import fc from "fast-check";
import { expect, test } from "vitest";
import { readLines } from "./read-lines.ts";

async function linesOf(
  bytes: Buffer,
  size: number,
  maxBytes = 1000,
  first?: { readonly number: number; readonly start: number },
) {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const lines = [];
  for await (const line of readLines(pieces(), maxBytes, first === undefined ? {} : { first })) lines.push(line);
  return lines;
}

test("lines are the same in whatever pieces a file arrives, and their bytes are at their positions", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[a-zé ]{0,12}$/), { maxLength: 8 }),
      fc.integer({ min: 1, max: 9 }),
      async (texts, size) => {
        const bytes = Buffer.from(texts.join("\n"));
        const lines = await linesOf(bytes, size);
        const wanted = texts.flatMap((text, index) => (text.trim() === "" ? [] : [[index + 1, text]]));
        expect(lines.map((line) => [line.number, line.bytes?.toString()])).toEqual(wanted);
        for (const { start, end, bytes: line } of lines)
          expect(bytes.subarray(start, end).toString().replace(/\n$/, "")).toBe(line?.toString());
      },
    ),
  );
});

test("a line that is too long is named without its bytes, and the next one is read", async () => {
  const lines = await linesOf(Buffer.from(`a\n${"x".repeat(50)}\nb\n`), 7, 10);
  expect(lines.map(({ number, bytes }) => [number, bytes?.toString()])).toEqual([
    [1, "a"],
    [2, undefined],
    [3, "b"],
  ]);
});

test("a part of a file has the numbers and bytes of the whole", async () => {
  const whole = Buffer.from("one\ntwo\nthree\n");
  const lines = await linesOf(whole.subarray(4), 3, 100, { number: 2, start: 4 });
  expect(lines.map(({ number, start, end }) => [number, start, end])).toEqual([
    [2, 4, 8],
    [3, 8, 14],
  ]);
});

test("a byte order mark and carriage returns are no part of the text", async () => {
  const [line] = await linesOf(Buffer.from('\u{feff}{"a":1}\r\n\r\n'), 5);
  expect(JSON.parse(line?.bytes?.toString() ?? "")).toEqual({ a: 1 });
});

test("the thread's other work has its turns while a megabyte of line breaks is read", async () => {
  let turns = 0;
  let isRead = false;
  const count = () => {
    turns++;
    if (!isRead) setImmediate(count);
  };
  setImmediate(count);
  expect(await linesOf(Buffer.alloc(1_000_000, "\n"), 1_000_000)).toEqual([]);
  isRead = true;
  expect(turns).toBeGreaterThan(400);
});
