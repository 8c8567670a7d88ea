import { describe, expect, test } from "vitest";
import { SseParser } from "./sse.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function parseInPieces(text: string, size: number): string[] {
  const parser = new SseParser();
  const all = bytes(text);
  const data: string[] = [];
  for (let at = 0; at < all.length; at += size) {
    data.push(...parser.push(all.subarray(at, at + size)).map((event) => event.data));
  }
  return [...data, ...parser.end().map((event) => event.data)];
}

describe("an event stream", () => {
  test.each([1, 2, 3, 5, 7, 1000])("has the same events when it comes %i bytes at a time", (size) => {
    const text = "data: größe 🌊\n\ndata: zwei\r\n\r\n: comment\n\ndata: drei\r\rdata: [DONE]\n\n";
    expect(parseInPieces(text, size)).toEqual(["größe 🌊", "zwei", "drei", "[DONE]"]);
  });

  test("has an event as soon as its blank line is there, not later", () => {
    const parser = new SseParser();
    expect(parser.push(bytes("data: one\n"))).toEqual([]);
    expect(parser.push(bytes("\ndata: two"))).toEqual([{ event: "message", data: "one" }]);
  });

  test("joins several data lines and has the event's name", () => {
    const parser = new SseParser();
    expect(parser.push(bytes("event: error\ndata: a\ndata: b\n\n"))).toEqual([{ event: "error", data: "a\nb" }]);
  });

  test("takes off one space after the colon, and no more", () => {
    expect(parseInPieces("data:  two\n\ndata:none\n\n", 100)).toEqual([" two", "none"]);
  });

  test("counts a last event without its blank line", () => {
    expect(parseInPieces("data: [DONE]\n", 100)).toEqual(["[DONE]"]);
    expect(parseInPieces("data: [DONE]\r", 100)).toEqual(["[DONE]"]);
  });

  test("drops a line that was cut off", () => {
    expect(parseInPieces('data: {"half', 100)).toEqual([]);
  });
});
