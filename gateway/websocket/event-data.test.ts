import fc from "fast-check";
import { expect, test } from "vitest";
import { EventData } from "./event-data.ts";

const texts = (chunks: readonly Buffer[]) => {
  const reader = new EventData();
  return chunks.flatMap((chunk) => reader.push(chunk));
};

test("comments, other fields, line ends of both kinds and data of several lines are read as the standard says", () => {
  const text = ': ping\r\n\r\nid: 1\ndata: {"a":1}\n\ndata:two\r\ndata:  lines\r\n\r\n\n\ndata: [DONE]\n\ndata: cut';
  expect(texts([Buffer.from(text)])).toEqual(['{"a":1}', "two\n lines", "[DONE]"]);
});

test("wherever a stream is cut, the same data comes out", () => {
  const words = fc.array(fc.string({ unit: "grapheme" }).filter((word) => word !== "" && !/[\r\n]/.test(word)));
  void fc.assert(
    fc.property(words, fc.array(fc.nat(40)), (data, cuts) => {
      const bytes = Buffer.from(data.map((word) => `data: ${word}\n\n`).join(""));
      const chunks: Buffer[] = [];
      let at = 0;
      for (const cut of cuts) {
        chunks.push(bytes.subarray(at, at + cut));
        at += cut;
      }
      expect(texts([...chunks, bytes.subarray(at)])).toEqual(data);
    }),
  );
});
