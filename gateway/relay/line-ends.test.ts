import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { translated } from "../test/dialect-cases.ts";
import { LineEnds } from "./line-ends.ts";

const MARK = "\ufeff";
const inPieces = (text: string, sizes: readonly number[]) => translated(new LineEnds(), Buffer.from(text), sizes);
const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });

describe("the lines of a stream", () => {
  test.each([
    ["end in line feeds", 'data: {"a":"ä"}\n\n: b\n\n'],
    ["end in both characters", "data: 1\r\n\r\ndata: 2\r\n\r\n"],
    ["end in both, and then in line feeds", "data: 1\r\n\r\ndata: 2\n\n"],
    ["hold a mark that is not at their start", `data: ${MARK}\n\n`],
    ["are a few bytes", "d"],
    ["are none", ""],
  ])("that %s are the very bytes that came, wherever they are cut", (_, text) => {
    void fc.assert(
      fc.property(pieces, (sizes) => {
        expect(inPieces(text, sizes)).toBe(text);
      }),
    );
  });

  test.each([
    ["in carriage returns alone", "data: 1\r\rdata: 2\r\r", "data: 1\n\ndata: 2\n\n"],
    ["in carriage returns, the last of them in both", "data: 1\r\rdata: 2\r\n\r\n", "data: 1\n\ndata: 2\n\n"],
    ["in line feeds, behind a mark", `${MARK}data: 1\n\n`, "data: 1\n\n"],
    ["in carriage returns, behind a mark", `${MARK}data: 1\r\r`, "data: 1\n\n"],
  ])("that end %s end in line feeds, wherever they are cut", (_, text, expected) => {
    const plain = (lines: string) => lines.replaceAll("\r\n", "\n");
    void fc.assert(
      fc.property(pieces, (sizes) => {
        expect(plain(inPieces(text, sizes))).toBe(expected);
      }),
    );
  });

  test("that end in carriage returns alone do not wait for the next byte", () => {
    const lines = new LineEnds();
    expect(lines.push(Buffer.from("data: 1\r\r")).toString()).toBe("data: 1\n\n");
    expect(lines.push(Buffer.from("data: 2\r")).toString()).toBe("data: 2\n");
    expect(lines.push(Buffer.from("\r")).toString()).toBe("\n");
  });

  test("leave the caller's bytes as they are", () => {
    const bytes = Buffer.from("data: 1\r\r");
    new LineEnds().push(bytes);
    expect(bytes.toString()).toBe("data: 1\r\r");
  });
});
