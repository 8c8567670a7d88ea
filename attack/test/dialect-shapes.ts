import { eventFrame } from "../../test-support/fake-bedrock.ts";
import type { UpstreamShape } from "./upstream-shapes.ts";

const PIECE = "a".repeat(60_000);
/** So many pieces are 2 MB, which is sent so many times. */
const PIECES = 33;
const TIMES = 100;
const sse = (event: object) => `data: ${JSON.stringify(event)}\n\n`;

const gemini = (part: object, more = {}) =>
  sse({ responseId: "g", candidates: [{ content: { role: "model", parts: [part] }, index: 0, ...more }] });
const supports = Array.from({ length: 3000 }, (_, index) => ({
  segment: { startIndex: 60 * index, endIndex: 60 * index + 50 },
  groundingChunkIndices: [0],
}));
const groundingMetadata = { groundingChunks: [{ web: { uri: "https://a", title: "A" } }], groundingSupports: supports };

const GEMINI: readonly Omit<UpstreamShape, "dialect">[] = [
  { name: "Gemini's text of 200 MB", body: () => gemini({ text: PIECE }).repeat(PIECES), times: TIMES },
  {
    name: "Gemini's thoughts of 200 MB",
    body: () => gemini({ text: PIECE, thought: true }).repeat(PIECES),
    times: TIMES,
  },
  {
    name: "Gemini's citations by the thousand",
    body: () => gemini({ text: PIECE }).repeat(3) + gemini({ text: "a" }, { groundingMetadata, finishReason: "STOP" }),
  },
  {
    name: "Gemini's empty citations",
    body: () => gemini({ text: PIECE }).repeat(8) + gemini({ text: "a" }, { groundingMetadata: {} }).repeat(3000),
  },
];

const message = {
  id: "m",
  type: "message",
  role: "assistant",
  content: [],
  usage: { input_tokens: 5, output_tokens: 1 },
};
const START = sse({ type: "message_start", message });
const opened = (content_block: object, index = 0) => sse({ type: "content_block_start", index, content_block });
const changed = (delta: object) => sse({ type: "content_block_delta", index: 0, delta });
const thinking = { type: "thinking", thinking: "", signature: "" };
const citation = { type: "web_search_result_location", url: "https://a", title: PIECE, cited_text: "x" };

const ANTHROPIC: readonly Omit<UpstreamShape, "dialect">[] = [
  {
    name: "Anthropic's thinking of 200 MB",
    first: () => START + opened(thinking),
    body: () => changed({ type: "thinking_delta", thinking: PIECE }).repeat(PIECES),
    times: TIMES,
  },
  {
    name: "Anthropic's signature of 200 MB",
    first: () => START + opened(thinking),
    body: () => changed({ type: "signature_delta", signature: PIECE }).repeat(PIECES),
    times: TIMES,
  },
  {
    name: "Anthropic's citations of 200 MB",
    first: () => START + opened({ type: "text", text: "" }),
    body: () => changed({ type: "citations_delta", citation }).repeat(PIECES),
    times: TIMES,
  },
  {
    name: "Anthropic's blocks that never end",
    body: () => START + Array.from({ length: 5000 }, (_, index) => opened(thinking, index)).join(""),
  },
];

const MEDIA_TYPE = "application/vnd.amazon.eventstream";
const first = () => eventFrame("messageStart", { role: "assistant" });
const frames = (count: number, frame: Buffer) => Buffer.concat(Array<Buffer>(count).fill(frame));
const converse = (delta: object) => eventFrame("contentBlockDelta", { contentBlockIndex: 0, delta });
const endless = Buffer.alloc(20_000_000, "a");
endless.writeUInt32BE(25_000_000);

const BEDROCK: readonly Omit<UpstreamShape, "dialect">[] = [
  {
    name: "Bedrock's reasoning of 200 MB",
    first,
    body: () => frames(PIECES, converse({ reasoningContent: { text: PIECE } })),
    times: TIMES,
  },
  {
    name: "Bedrock's citations of 200 MB",
    first,
    body: () => frames(PIECES, converse({ citation: { title: PIECE } })),
    times: TIMES,
  },
  { name: "frames of one letter", first, body: () => frames(10_000, converse({ text: "a" })) },
  { name: "a frame without an end", body: () => endless },
];

/** Streams of other dialects than OpenAI's: what is long, and what never ends. */
export const DIALECT_SHAPES: readonly UpstreamShape[] = [
  ...GEMINI.map((shape) => ({ ...shape, dialect: "gemini" as const })),
  ...ANTHROPIC.map((shape) => ({ ...shape, dialect: "anthropic" as const })),
  ...BEDROCK.map((shape) => ({ ...shape, dialect: "bedrock" as const, headers: { "content-type": MEDIA_TYPE } })),
].map((shape) => ({ headers: { "content-type": "text/event-stream" }, ...shape }));
