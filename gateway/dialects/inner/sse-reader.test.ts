import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cuts } from "../../test/dialect-cases.ts";
import { type SseEvent, SseReader } from "./sse-reader.ts";

function read(bytes: Uint8Array, sizes: readonly number[]): SseEvent[] {
  const reader = new SseReader();
  const events: SseEvent[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    events.push(...reader.push(Buffer.from(bytes.subarray(at, at + size))));
    at += size;
  }
  return events;
}

describe("the reader of server-sent events", () => {
  test("parses names, several lines of data, comments, CR LF, and fields without a space or a colon", () => {
    const text = ": hi\r\nevent: a\r\ndata: 1\r\ndata:2\r\n\r\nid: 7\nretry: 5\n\ndata\n\nevent: b\ndata:  x\n\n";
    expect(read(Buffer.from(text), [3])).toEqual([
      { name: "a", data: "1\n2" },
      { name: "", data: "" },
      { name: "b", data: " x" },
    ]);
  });

  test("parses a stream whose lines end in carriage returns alone, and one behind a byte order mark, wherever it is cut", () => {
    const text = "\ufeffevent: a\rdata: 1\rdata: 2\r\r: c\r\rdata: 3\r\r";
    const expected = [
      { name: "a", data: "1\n2" },
      { name: "", data: "3" },
    ];
    void fc.assert(
      fc.property(cuts, fc.constantFrom("\r", "\n", "\r\n"), (sizes, end) => {
        expect(read(Buffer.from(text.replaceAll("\r", end)), sizes)).toEqual(expected);
      }),
    );
  });

  test("reads the same wherever the bytes are cut, halves of a character included", () => {
    const line = fc.string({ unit: "binary", maxLength: 30 }).map((text) => text.replaceAll(/[\r\n]/g, ""));
    void fc.assert(
      fc.property(fc.array(fc.tuple(line, line), { maxLength: 6 }), cuts, (events, sizes) => {
        const text = events.map(([name, data]) => `event: ${name}\ndata: ${data}\n\n`).join("");
        expect(read(Buffer.from(text), sizes)).toEqual(events.map(([name, data]) => ({ name, data })));
      }),
    );
  });

  test("rejects an event that is larger than any response, and takes a large one in small pieces", () => {
    const reader = new SseReader();
    const piece = Buffer.alloc(65_536, "x");
    const large = [Buffer.from("data: "), ...Array.from({ length: 200 }, () => piece), Buffer.from("\n\n")];
    const [event] = large.flatMap((chunk) => [...reader.push(chunk)]);
    expect(event?.data.length).toBe(200 * 65_536);
    expect(() => {
      for (let count = 0; count < 300; count++) for (const _ of reader.push(piece));
    }).toThrow(/server answered with an error/);
  });
});
