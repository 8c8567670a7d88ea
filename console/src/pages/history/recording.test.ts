import { expect, test } from "vitest";
import { neighbour, recordingOf, stepsAt, textAfter, writeAt } from "./recording.ts";

const event = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;

/** A recording of these writes, the first after 100 ms, the others each 50 ms later. */
function recorded(writes: readonly string[], isStream = true) {
  const encoded = writes.map((text) => new TextEncoder().encode(text));
  const bytes = Uint8Array.from(encoded.flatMap((each) => [...each]));
  const chunks = encoded.map(({ length }, index): [number, number] => [100 + index * 50, length]);
  return recordingOf({ bytes, chunks, isStream, wholeText: "whole" });
}

test("a recording has at each time the text that had been sent by then", () => {
  const recording = recorded([event("Grü"), event("ße"), "data: [DONE]\n\n"]);
  const textAt = (ms: number) => textAfter(recording, stepsAt(recording, ms));
  expect([0, 99, 100, 149, 150, 10_000].map(textAt)).toEqual(["", "", "Grü", "Grü", "Grüße", "Grüße"]);
  expect(recording.durationMs).toBe(200);
  expect(writeAt(recording, 2)).toBe(event("ße"));
  expect(writeAt(recording, 0)).toBe("");
});

test("an event that was cut into two writes adds its text with the second, also within a character", () => {
  const bytes = new TextEncoder().encode(event("ü"));
  const cut = bytes.indexOf(0xc3) + 1;
  const chunks: [number, number][] = [
    [10, cut],
    [20, bytes.length - cut],
  ];
  const recording = recordingOf({ bytes, chunks, isStream: true, wholeText: "" });
  expect([1, 2].map((count) => textAfter(recording, count))).toEqual(["", "ü"]);
});

test("a response that was no stream appears as a whole with its last write", () => {
  const recording = recorded(['{"choices":', "[]}"], false);
  expect([0, 1, 2].map((count) => textAfter(recording, count))).toEqual(["", "", "whole"]);
});

test("times of writes that are more than the bytes that are there end with the bytes", () => {
  const recording = recordingOf({
    bytes: new Uint8Array(3),
    chunks: [
      [1, 9],
      [2, 9],
    ],
    isStream: true,
    wholeText: "",
  });
  expect(recording.steps.map(({ end }) => end)).toEqual([3, 3]);
});

test("the neighbours of a time are the nearest writes of all recordings", () => {
  const recordings = [recorded([event("a"), event("b")]), recorded([event("c"), event("d"), event("e")])];
  expect([0, 100, 150, 200].map((ms) => neighbour(recordings, ms, 1))).toEqual([100, 150, 200, 200]);
  expect([0, 100, 150, 1_000].map((ms) => neighbour(recordings, ms, -1))).toEqual([0, 0, 100, 200]);
  expect(neighbour([], 5, 1)).toBe(5);
});

test("a recording of 100,000 writes is made and searched without reading it again", () => {
  const recording = recorded(Array.from({ length: 100_000 }, () => event("x")));
  expect(textAfter(recording, stepsAt(recording, 100 + 50 * 49_999))).toHaveLength(50_000);
});
