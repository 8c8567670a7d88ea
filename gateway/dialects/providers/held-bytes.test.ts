import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { eventFrame } from "../../../test-support/fake-bedrock.ts";
import type { StreamTranslator } from "../../core/dialect.ts";
import { SseReader } from "../inner/sse-reader.ts";
import { anthropicStream } from "./anthropic/anthropic-stream.ts";
import { converseStream } from "./bedrock/bedrock-stream.ts";
import { EventFrameReader } from "./bedrock/event-frames.ts";
import { geminiStream } from "./gemini/gemini-stream.ts";

const TEXT = "a".repeat(60_000);
const TIMES = 20;
const head = { id: "c", model: "m", created: 1, newId: () => "x", stopSequences: [] };

const gemini = (part: object) => sse({ candidates: [{ content: { role: "model", parts: [part] }, index: 0 }] });
const sse = (event: object) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`);
const message = { id: "m", type: "message", role: "assistant", content: [], usage: { input_tokens: 5 } };
const START = sse({ type: "message_start", message });
const opened = (content_block: object, index = 0) => sse({ type: "content_block_start", index, content_block });
const changed = (delta: object) => sse({ type: "content_block_delta", index: 0, delta });
const closed = sse({ type: "content_block_stop", index: 0 });
const converse = (delta: object, contentBlockIndex = 0) =>
  eventFrame("contentBlockDelta", { contentBlockIndex, delta });
const thinking = { type: "thinking", thinking: "", signature: "" };
const signed = gemini({ text: "", thought: true, thoughtSignature: "s" });

interface Case {
  readonly stream: () => StreamTranslator;
  readonly before: readonly Buffer[];
  readonly part: (index: number) => Buffer;
  /** After it, nothing of the parts is held. */
  readonly after?: Buffer;
}

const google = { stream: () => geminiStream(head), before: [] };
const anthropic = { stream: () => anthropicStream(head), before: [START] };
const bedrock = { stream: () => converseStream(head), before: [eventFrame("messageStart", { role: "assistant" })] };
const cited = { type: "web_search_result_location", url: "https://a", title: TEXT, cited_text: "x" };
const CASES: Readonly<Record<string, Case>> = {
  "Gemini's text": { ...google, part: () => gemini({ text: TEXT }) },
  "Gemini's thoughts": { ...google, part: () => gemini({ text: TEXT, thought: true }), after: signed },
  "Anthropic's thinking": {
    ...anthropic,
    before: [START, opened(thinking)],
    part: () => changed({ type: "thinking_delta", thinking: TEXT }),
    after: closed,
  },
  "Anthropic's signature": {
    ...anthropic,
    before: [START, opened(thinking)],
    part: () => changed({ type: "signature_delta", signature: TEXT }),
    after: closed,
  },
  "Anthropic's citations": {
    ...anthropic,
    before: [START, opened({ type: "text", text: "" })],
    part: () => changed({ type: "citations_delta", citation: cited }),
    after: closed,
  },
  "Anthropic's open blocks": { ...anthropic, part: (index) => opened({ ...thinking, thinking: TEXT }, index) },
  "Anthropic's counts": {
    ...anthropic,
    part: (index) => sse({ type: "message_delta", delta: {}, usage: { [`a${index}`]: TEXT } }),
  },
  "Bedrock's thinking": {
    ...bedrock,
    part: () => converse({ reasoningContent: { text: TEXT } }),
    after: eventFrame("contentBlockStop", { contentBlockIndex: 0 }),
  },
  "Bedrock's signature": {
    ...bedrock,
    part: () => converse({ reasoningContent: { signature: TEXT } }),
    after: eventFrame("contentBlockStop", { contentBlockIndex: 0 }),
  },
  "Bedrock's citations": { ...bedrock, part: (index) => converse({ citation: { title: TEXT } }, index) },
};

test.each(Object.entries(CASES))("%s that a stream stores counts as bytes that it holds", (_, one) => {
  const stream = one.stream();
  for (const bytes of one.before) stream.push(bytes);
  const before = stream.heldBytes ?? 0;
  for (let index = 0; index < TIMES; index++) stream.push(one.part(index));
  expect(stream.failure).toBeUndefined();
  expect(stream.heldBytes).toBeGreaterThan(TIMES * TEXT.length);
  if (one.after === undefined) return;
  stream.push(one.after);
  expect(stream.failure).toBeUndefined();
  expect(stream.heldBytes).toBeLessThanOrEqual(before);
});

test("thoughts behind their signature are passed on and not stored", () => {
  const stream = geminiStream(head);
  stream.push(signed);
  expect(stream.push(gemini({ text: TEXT, thought: true })).length).toBeGreaterThan(TEXT.length);
  expect(stream.heldBytes).toBe(0);
});

/** What is left behind it is what somebody still holds. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

describe("bytes that come one by one", () => {
  const PIECES = 400_000;
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(20_000_000);

  test.each([
    ["server-sent events", () => new SseReader(), Buffer.from("data: ")],
    ["frames", () => new EventFrameReader(), frame],
  ])("take little more memory than their size in the reader of %s", (_, reader, first) => {
    const one = reader();
    const byte = Buffer.from("a");
    const push = (bytes: Buffer) => expect([...one.push(bytes)]).toEqual([]);
    push(first);
    collectGarbage();
    const before = process.memoryUsage();
    // Each is a view of its own, as the pieces of a connection are.
    for (let piece = 0; piece < PIECES; piece++) for (const _message of one.push(byte.subarray(0))) break;
    collectGarbage();
    const after = process.memoryUsage();
    expect(one.heldBytes).toBe(first.length + PIECES);
    const grown = after.heapUsed + after.external - before.heapUsed - before.external;
    expect(grown).toBeLessThan(60 * PIECES);
  });
});
