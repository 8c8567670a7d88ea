import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cpuCost } from "../../../test-support/cpu-cost.ts";
import { eventFrame } from "../../../test-support/fake-bedrock.ts";
import type { OutboundDialect } from "../../core/dialect.ts";
import { GatewayError } from "../../core/gateway-error.ts";
import { anthropicDialect } from "../../dialects/providers/anthropic/anthropic.ts";
import { bedrockDialect } from "../../dialects/providers/bedrock/bedrock.ts";
import { geminiDialect } from "../../dialects/providers/gemini/gemini.ts";
import { openAiProblem } from "../../dialects/providers/openai/openai.ts";
import { LineEnds } from "../../relay/line-ends.ts";
import { outbound } from "../../test/dialect-cases.ts";
import { ChatBeginning } from "./chat-beginning.ts";
import { type StreamBeginning, TranslatedBeginning } from "./stream-beginning.ts";

/** Sends a whole stream, in pieces of this size. @returns its beginning @throws why it is none */
function begin(beginning: StreamBeginning, stream: string | Buffer, size = Number.POSITIVE_INFINITY): string {
  const bytes = Buffer.from(stream as string);
  for (let at = 0; at < bytes.length; at += size) {
    const begun = beginning.push(bytes.subarray(at, at + size));
    if (begun !== undefined) return begun.toString("utf8");
  }
  throw beginning.end();
}

const provider = () => new ChatBeginning(new LineEnds(), openAiProblem);
const engine = () => new ChatBeginning(new LineEnds());

describe("the beginning of a provider's stream of OpenAI's dialect", () => {
  const look = (text: string) => () => provider().push(Buffer.from(text));

  test.each(['data: {"id":1}', ": ping\n\n", "event: x\ndata: 1", "\r\n\ndata: 1", "da", "id: 1", "retry: 5"])(
    "%j may be one",
    (text) => {
      expect(look(text)).not.toThrow();
    },
  );

  test.each(["<!doctype html>", '{"choices":[]}', "dada", "date: 1", "d:"])("%j is none", (text) => {
    expect(look(text)).toThrow("upstream malformed");
  });

  test.each([
    'data: {"error":{"message":"x"}}\n\n',
    'event: error\ndata: {"error":"x"}\n\n',
    'event: error\r\ndata: {"type":"error","error":{"type":"overloaded_error"}}\r\n\r\n',
    ': PROCESSING\n\n: PROCESSING\n\ndata: {"id":"1","error":{"code":502},"choices":[]}\n\n',
    'data: {"object":"error","message":"out of memory"}\n\n',
    "data: {no JSON\n\n",
    '\ufeffdata: {"error":{"message":"x"}}\r\r',
    'data: {"choices":[],"prompt_filter_results":[]}\n\ndata: {"error":{"message":"x"}}\n\n',
  ])("%j is a failure", (text) => {
    expect(look(text)).toThrow("upstream failed");
  });

  test.each([
    ['data: {"error":{"message":"filtered","code":"content_filter"}}\n\n', "filtered"],
    ['event: error\ndata: {"error":{"message":"maximum context length is 9"}}\n\n', "maximum context length is 9"],
    ['data: {"error":{"message":"filtered\u2028here","code":"content_filter"}}\n\n', "filtered\u2028here"],
  ])("%j refuses the prompt, which another target is not tried with", (text, message) => {
    expect(look(text)).toThrow(GatewayError);
    expect(look(text)).toThrow(message);
  });

  test("any cut of a good beginning is good", () => {
    const text = 'data: {"id":"1"}\n\n';
    void fc.assert(
      fc.property(fc.integer({ min: 1, max: text.length }), (end) => {
        expect(look(text.slice(0, end))).not.toThrow();
      }),
    );
  });

  test.each([
    ["data: [DONE]\n\n", "malformed"],
    [": ping\n\ndata: [DONE]\n\n", "malformed"],
    ['data: {"id":"1","choices":[],"usage":{"prompt_tokens":1}}\n\ndata: [DONE]\n\n', "malformed"],
    ["data: [DONE]", "malformed"],
    ['data: {"error":{"message":"x"}}', "failed"],
    [": ping\n\n: ping\n\n", "died"],
    ["\n\n\n", "died"],
    ['data: {"id":"1","choices":[{"ind', "died"],
  ])("%j without a choice is none, so that the next target is called", (text, kind) => {
    for (const size of [1, 1000, Number.POSITIVE_INFINITY])
      expect(() => begin(provider(), text, size)).toThrow(`upstream ${kind}`);
  });

  test("is its first event with a choice, with the events before it and without the comments", () => {
    const filter = 'data: {"id":"","choices":[],"prompt_filter_results":[]}\n\n';
    const first = 'data: {"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":"a"}}]}\n\n';
    for (const size of [1, 7, Number.POSITIVE_INFINITY]) {
      expect(begin(provider(), `: a\n\n${filter}: b\n\n${first}`, size)).toBe(filter + first);
      expect(begin(provider(), `\ufeff: a\r\r${first.replaceAll("\n", "\r")}`, size)).toBe(first);
    }
  });

  test("of a long event does not wait for its end", () => {
    const long = `data: {"id":"1","choices":[{"index":0,"delta":{"content":"${"x".repeat(70_000)}`;
    expect(begin(provider(), long)).toBe(long);
  });

  test.each([`: ${"x".repeat(70_000)}`, `data: {"choices":[],"more":"${"x".repeat(70_000)}"}\n\n`])(
    "is not waited for behind 64 KiB of other things",
    (text) => {
      expect(look(text)).toThrow("upstream malformed");
    },
  );

  test.each([": ping\n\n", "\n"])(
    "behind a megabyte of %j is found, and its last reads take less than 50 ms of the processor",
    (noise) => {
      const first = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n';
      const beginning = provider();
      const read = Buffer.from(noise.repeat(65_536 / noise.length));
      const push = () => expect(beginning.push(read)).toBeUndefined();
      for (let at = 0; at < 11; at++) push();
      // Seen: 4 ms at most on a busy machine.
      expect(cpuCost(push)).toBeLessThan(50);
      expect(String(beginning.push(Buffer.from(`\n\n${first}`)))).toContain(first);
    },
  );
});

describe("the beginning of an engine's stream", () => {
  test("may be an error, which is for the client", () => {
    const error = 'data: {"error":{"message":"x"}}\n\n';
    expect(begin(engine(), error)).toBe(error);
  });

  test.each([
    ["data: [DONE]\n\n", "malformed"],
    [": ping\n\n", "died"],
  ])("%j is none", (text, kind) => {
    expect(() => begin(engine(), text)).toThrow(`upstream ${kind}`);
  });
});

const now = () => 0;
const newId = () => "id";
const credentials = () => Promise.reject(new Error("unused"));
const ANTHROPIC = anthropicDialect({ now, newId });
const BEDROCK = bedrockDialect({ region: "us-east-1", credentials, now, newId });
const GEMINI = geminiDialect({ now, newId });

function translated(dialect: OutboundDialect): StreamBeginning {
  const translator = dialect.decodeStream(outbound({ stream: true }));
  if (translator === undefined) throw new Error("the dialect has no translator");
  return new TranslatedBeginning(translator);
}

const sse = (...events: readonly object[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
const anthropicError = (type: string, message = "m") => sse({ type: "error", error: { type, message } });
const exception = (type: string, message = "m") => eventFrame(type, { message }, "exception");

const messageStart = eventFrame("messageStart", { role: "assistant" });

describe("the beginning of a stream of another dialect", () => {
  test.each<[name: string, dialect: OutboundDialect, stream: string | Buffer]>([
    ["Bedrock's messageStart", BEDROCK, messageStart],
    [
      "Anthropic's message_start",
      ANTHROPIC,
      sse({ type: "ping" }, { type: "message_start", message: { id: "msg_1" } }),
    ],
  ])("has a start that is held back: %s", (_, dialect, stream) => {
    const beginning = translated(dialect);
    expect([beginning.start(), beginning.push(Buffer.from(stream as string))]).toEqual([undefined, undefined]);
    expect(String(beginning.start())).toContain('"role":"assistant"');
  });

  test.each<[name: string, dialect: OutboundDialect, stream: string | Buffer, kind: string]>([
    ["a throttled Bedrock", BEDROCK, exception("throttlingException"), "busy"],
    ["an internal error of Bedrock", BEDROCK, exception("internalServerException"), "failed"],
    [
      "Bedrock's frames without messageStart",
      BEDROCK,
      eventFrame("contentBlockStop", { contentBlockIndex: 0 }),
      "malformed",
    ],
    ["bytes that are no frame", BEDROCK, Buffer.alloc(40), "malformed"],
    ["half a frame of Bedrock", BEDROCK, eventFrame("messageStart", { role: "assistant" }).subarray(0, 20), "died"],
    ["Anthropic overloaded", ANTHROPIC, anthropicError("overloaded_error"), "busy"],
    [
      "Anthropic overloaded behind pings",
      ANTHROPIC,
      sse({ type: "ping" }) + anthropicError("overloaded_error"),
      "busy",
    ],
    ["an error of Anthropic's servers", ANTHROPIC, anthropicError("api_error"), "failed"],
    [
      "a message_start with an error behind it",
      ANTHROPIC,
      sse({ type: "message_start", message: {} }) + anthropicError("api_error"),
      "failed",
    ],
    ["a message_start alone", ANTHROPIC, sse({ type: "message_start", message: {} }), "died"],
    ["Anthropic's account", ANTHROPIC, anthropicError("invalid_request_error", "credit balance is too low"), "failed"],
    ["Anthropic's pings alone", ANTHROPIC, sse({ type: "ping" }, { type: "ping" }), "died"],
    ["Anthropic's comments alone", ANTHROPIC, ": a\n\n: b\n\n", "died"],
    [
      "a message without message_start",
      ANTHROPIC,
      sse({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
      "malformed",
    ],
    ["a message of its stop alone", ANTHROPIC, sse({ type: "message_stop" }), "malformed"],
    ["[DONE] for an event of Anthropic's", ANTHROPIC, "data: [DONE]\n\n", "malformed"],
    ["Gemini overloaded", GEMINI, sse({ error: { code: 503, status: "UNAVAILABLE", message: "m" } }), "busy"],
    ["an error of Gemini's servers", GEMINI, sse({ error: { code: 500, status: "INTERNAL", message: "m" } }), "failed"],
    ["Gemini without a candidate", GEMINI, sse({ usageMetadata: { promptTokenCount: 1 } }), "died"],
    ["[DONE] for an event of Gemini's", GEMINI, "data: [DONE]\n\n", "malformed"],
  ])("is none: %s is followed by the next target", (_, dialect, stream, kind) => {
    for (const size of [1, Number.POSITIVE_INFINITY])
      expect(() => begin(translated(dialect), stream, size)).toThrow(`upstream ${kind}`);
  });

  test.each<[name: string, dialect: OutboundDialect, stream: string | Buffer, code: string]>([
    ["Bedrock", BEDROCK, exception("validationException", "wrong field"), "invalid_request"],
    ["Anthropic", ANTHROPIC, anthropicError("invalid_request_error", "wrong field"), "invalid_request"],
    ["Gemini", GEMINI, sse({ error: { status: "INVALID_ARGUMENT", message: "wrong field" } }), "invalid_request"],
    [
      "Anthropic",
      ANTHROPIC,
      anthropicError("invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"),
      "context_length_exceeded",
    ],
    [
      "Anthropic",
      ANTHROPIC,
      anthropicError(
        "invalid_request_error",
        "Output blocked by content filtering policy, blocked by our content filter",
      ),
      "content_filter",
    ],
  ])("is %s's refusal of the request, which is the client's error", (_, dialect, stream, code) => {
    expect(() => begin(translated(dialect), stream)).toThrow(expect.objectContaining({ code }));
  });

  test.each<[name: string, dialect: OutboundDialect, stream: string | Buffer]>([
    ["Gemini's first candidate", GEMINI, sse({ candidates: [{ content: { parts: [{ text: "a" }] } }] })],
    ["Gemini's blocked prompt", GEMINI, sse({ promptFeedback: { blockReason: "SAFETY" } })],
    [
      "a text with an error behind it",
      ANTHROPIC,
      sse(
        { type: "message_start", message: {} },
        { type: "content_block_start", index: 0, content_block: { type: "text", text: "a" } },
      ) + anthropicError("api_error"),
    ],
    [
      "a call without arguments yet",
      ANTHROPIC,
      sse(
        { type: "message_start", message: {} },
        { type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "t", name: "f", input: {} } },
      ),
    ],
    [
      "an end without text",
      BEDROCK,
      Buffer.concat([messageStart, eventFrame("messageStop", { stopReason: "end_turn" })]),
    ],
  ])("is %s", (_, dialect, stream) => {
    expect(begin(translated(dialect), stream)).toContain('"role":"assistant"');
  });
});
