import { describe, expect, test } from "vitest";
import { eventFrame } from "../../../test-support/fake-bedrock.ts";
import { gathered, translated } from "../../test/dialect-cases.ts";
import { jsonOfWhole } from "../../test/whole-json.ts";
import { CallIds } from "../inner/tool-calls.ts";
import { chatCompletion } from "./anthropic/anthropic-response.ts";
import { anthropicStream } from "./anthropic/anthropic-stream.ts";
import { chatOfConverse } from "./bedrock/bedrock-response.ts";
import { converseStream } from "./bedrock/bedrock-stream.ts";
import { chatOfGemini } from "./gemini/gemini-response.ts";
import { geminiStream } from "./gemini/gemini-stream.ts";

let made = 0;
const head = { id: "chatcmpl-1", model: "m", created: 1, stopSequences: [], newId: () => `new${++made}` };
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const events = (values: readonly unknown[]) =>
  Buffer.from(values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join(""));

const use = { type: "tool_use", id: "same", name: "f", input: { a: 1 } };
const message = { type: "message", id: "msg_1", role: "assistant", content: [use, use], stop_reason: "tool_use" };
const started = { type: "message_start", message: { ...message, content: [], stop_reason: null } };
const blocks = [0, 1].flatMap((index) => [
  { type: "content_block_start", index, content_block: use },
  { type: "content_block_stop", index },
]);
const stop = { type: "message_stop" };
const stopped = { type: "message_delta", delta: { stop_reason: "tool_use" } };

const toolUse = { toolUse: { toolUseId: "same", name: "f", input: {} } };
const converse = { output: { message: { content: [toolUse, toolUse] } }, stopReason: "tool_use" };
const frames = Buffer.concat([
  eventFrame("messageStart", {}),
  ...[0, 1].map((contentBlockIndex) =>
    eventFrame("contentBlockStart", { contentBlockIndex, start: { toolUse: { toolUseId: "same", name: "f" } } }),
  ),
  eventFrame("messageStop", { stopReason: "tool_use" }),
  eventFrame("metadata", {}),
]);

const functionCall = { functionCall: { id: "same", name: "f", args: {} } };
const gemini = { candidates: [{ content: { parts: [functionCall, functionCall] }, finishReason: "STOP" }] };

function idsOf(fields: Readonly<Record<string, unknown>> = {}): readonly string[] {
  const [choice] = fields.choices as { message: { tool_calls: { id: string }[] } }[];
  return choice?.message.tool_calls.map(({ id }) => id) ?? [];
}

describe("calls that a provider sends under one id", () => {
  test.each([
    ["Anthropic", () => chatCompletion(json(message), head)],
    ["Bedrock", () => chatOfConverse(json(converse), head)],
    ["Gemini", () => chatOfGemini(json(gemini), head)],
  ])("each have an id in a whole response of %s", (_provider, decode) => {
    const [first, second] = idsOf(decode().fields);
    expect(first).toBe("same");
    expect(second).toMatch(/^call_.+/);
  });

  test.each([
    ["Anthropic", () => translated(anthropicStream(head), events([started, ...blocks, stopped, stop]), [])],
    ["Bedrock", () => translated(converseStream(head), frames, [])],
    ["Gemini", () => translated(geminiStream(head), events([gemini]), [])],
  ])("each have an id in a stream of %s", (_provider, read) => {
    const [first, second] = gathered(read()).calls.map(({ id }) => id);
    expect(first).toBe("same");
    expect(second).toMatch(/^call_.+/);
  });

  test("have the same ids for a client of Messages, whole and streamed", () => {
    const ids = ["same", "call_msg_1_1"];
    const own = chatCompletion(json(message), { ...head, isMessages: true });
    const { content } = jsonOfWhole(own).anthropic_message;
    expect(content.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(idsOf(own.fields)).toEqual(ids);
    const text = translated(
      anthropicStream({ ...head, isMessages: true }),
      events([started, ...blocks, stopped, stop]),
      [],
    );
    for (const id of ids) expect(text.split(`"type":"tool_use","id":"${id}"`)).toHaveLength(2);
  });

  test("are distinguished from ids that look made", () => {
    const ids = CallIds.of("r");
    const all = ["call_r_1", "call_r_1", "call_r_1", undefined, "call_r_3"].map((id, number) => ids.idOf(id, number));
    expect(new Set(all).size).toBe(5);
  });
});

describe("a response that names no reason for its end", () => {
  test.each([
    ["Anthropic", () => chatCompletion(json({ ...message, stop_reason: null }), head)],
    ["Bedrock", () => chatOfConverse(json({ ...converse, stopReason: undefined }), head)],
    ["Gemini", () => chatOfGemini(json({ candidates: [{ content: { parts: [{ text: "Hi" }] } }] }), head)],
  ])("is no whole response of %s", (_provider, decode) => {
    expect(decode).toThrow(expect.objectContaining({ code: "upstream_error" }));
  });

  test.each([false, true])("is an interrupted stream of Anthropic, for a client of Messages: %s", (isMessages) => {
    const text = translated(anthropicStream({ ...head, isMessages }), events([started, ...blocks, stop]), []);
    expect(gathered(text)).toMatchObject({ error: { code: "stream_interrupted" }, isDone: false, finish: undefined });
    expect(text).not.toContain("message_stop");
  });
});

describe("a stream whose last event has no blank line", () => {
  const cut = (bytes: Buffer, count: number) => bytes.subarray(0, bytes.length - count);
  const whole = events([started, ...blocks, stopped, stop]);

  test.each([
    ["Anthropic", () => anthropicStream(head), whole],
    ["Gemini", () => geminiStream(head), events([gemini])],
  ])("of %s is complete where the event is", (_provider, open, bytes) => {
    for (const count of [1, 2]) {
      const text = translated(open(), cut(bytes, count), []);
      expect(gathered(text)).toMatchObject({ finish: "tool_calls", isDone: true, error: undefined });
    }
  });

  test.each([
    ["Anthropic", () => anthropicStream(head), whole],
    ["Gemini", () => geminiStream(head), events([gemini])],
  ])("of %s is interrupted where the event is cut off", (_provider, open, bytes) => {
    const text = translated(open(), cut(bytes, 3), []);
    expect(gathered(text)).toMatchObject({ isDone: false, error: { code: "stream_interrupted" } });
  });
});
