import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anthropicEvents, sseText } from "../../../test-support/fake-anthropic.ts";
import { converseFrames } from "../../../test-support/fake-bedrock.ts";
import {
  HELLO,
  json,
  type ScriptedResponse,
  startDialectGateway,
  type UpstreamName,
} from "../../test/dialect-gateway.ts";
import { gatherMessage } from "../../test/replay-recorded.ts";
import { jsonOfWhole } from "../../test/whole-json.ts";
import { anthropicRequest } from "../providers/anthropic/anthropic-request.ts";
import { chatCompletion } from "../providers/anthropic/anthropic-response.ts";

const CONTENT = [
  { type: "thinking", thinking: "First", signature: "c2lnMQ==" },
  { type: "text", text: "I look. " },
  { type: "thinking", thinking: "", signature: "c2lnMg==" },
  { type: "redacted_thinking", data: "cmVkYWN0ZWQ=" },
  { type: "text", text: "I found it." },
  { type: "thinking", thinking: "Then", signature: "c2lnMw==" },
  { type: "tool_use", id: "toolu_1", name: "look", input: { at: 1 } },
] as const;

const MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "small",
  content: CONTENT,
  stop_reason: "tool_use",
  stop_sequence: null,
  usage: { input_tokens: 7, output_tokens: 3, cache_read_input_tokens: 5, cache_creation_input_tokens: 0 },
};

function converseBlock(block: (typeof CONTENT)[number]) {
  switch (block.type) {
    case "text":
      return { text: block.text };
    case "thinking":
      return { reasoningContent: { reasoningText: { text: block.thinking, signature: block.signature } } };
    case "redacted_thinking":
      return { reasoningContent: { redactedContent: block.data } };
    case "tool_use":
      return { toolUse: { toolUseId: block.id, name: block.name, input: block.input } };
  }
}
const CONVERSE = CONTENT.map((block) => converseBlock(block));

const RESPONSES: Readonly<Record<"anthropic" | "bedrock", Readonly<Record<"whole" | "stream", ScriptedResponse>>>> = {
  anthropic: {
    whole: json(MESSAGE),
    stream: {
      headers: { "content-type": "text/event-stream" },
      body: sseText(anthropicEvents({ ...MESSAGE }, 3)),
    },
  },
  bedrock: {
    whole: json({ output: { message: { role: "assistant", content: CONVERSE } }, stopReason: "tool_use", usage: {} }),
    stream: {
      headers: { "content-type": "application/vnd.amazon.eventstream" },
      body: converseFrames({
        content: CONVERSE.filter((block) => JSON.stringify(block).includes("redactedContent") === false) as never,
        stopReason: "tool_use",
        usage: { inputTokens: 7, outputTokens: 3 },
        exception: undefined,
        deltaLength: 3,
      }),
    },
  },
};

const plain = (blocks: readonly Record<string, unknown>[]) =>
  blocks.map(({ citations: _citations, caller: _caller, ...block }) => block);
const cases = (["anthropic", "bedrock"] as const).flatMap((name) =>
  (["whole", "stream"] as const).map((kind) => [name, kind] as const),
);
/** Bedrock's fake has no frames for thinking that can't be read. */
const expected = (upstream: UpstreamName, kind: string) =>
  CONTENT.filter(({ type }) => type !== "redacted_thinking" || upstream === "anthropic" || kind === "whole");

describe("thinking between texts", () => {
  test.each(cases)(
    "reaches a client of Messages in its order, with every signature: %s, %s",
    async (upstream, kind) => {
      const { request, script } = await startDialectGateway();
      script(RESPONSES[upstream][kind]);
      const body = { max_tokens: 9, messages: [{ role: "user", content: "Hi" }], stream: kind === "stream" };
      const { text } = await request(upstream, "/v1/messages", body);
      const message = kind === "stream" ? gatherMessage(text) : JSON.parse(text);
      expect(plain(message.content)).toEqual(expected(upstream, kind));
    },
  );

  test.each(cases)(
    "comes back to its provider in its order from a client of Responses: %s, %s",
    async (upstream, kind) => {
      const { request, script } = await startDialectGateway();
      script(RESPONSES[upstream][kind]);
      const stream = kind === "stream";
      const { text } = await request(upstream, "/v1/responses", { input: "Hi", stream });
      const response = stream ? JSON.parse(text.trim().split("data: ").at(-1) ?? "").response : JSON.parse(text);
      script(HELLO.anthropic);
      const output = { type: "function_call_output", call_id: "toolu_1", output: "done" };
      const input = [{ role: "user", content: "Hi" }, ...response.output, output];
      const { received } = await request("anthropic", "/v1/responses", { input });
      expect(received?.body.messages[1].content).toEqual(expected(upstream, kind));
    },
  );

  test.each(cases)("comes back to its provider in its order from a client of chat: %s, %s", async (upstream, kind) => {
    const { request, script } = await startDialectGateway();
    script(RESPONSES[upstream][kind]);
    const messages = [{ role: "user", content: "Hi" }];
    const { text } = await request(upstream, "/v1/chat/completions", { messages, stream: kind === "stream" });
    const events = kind === "stream" ? text.split("\n\n").filter((event) => event.startsWith("data: {")) : [];
    const deltas = events.map((event) => JSON.parse(event.slice(6)).choices[0]?.delta ?? {});
    const message =
      kind === "stream"
        ? {
            role: "assistant",
            content: deltas.map(({ content = "" }) => content).join(""),
            thinking_blocks: deltas.flatMap(({ thinking_blocks = [] }) => thinking_blocks),
            tool_calls: [{ id: "toolu_1", type: "function", function: { name: "look", arguments: '{"at":1}' } }],
          }
        : JSON.parse(text).choices[0].message;
    for (const target of ["anthropic", "bedrock"] as const) {
      script(HELLO[target]);
      const tool = { role: "tool", tool_call_id: "toolu_1", content: "done" };
      const { received } = await request(target, "/v1/chat/completions", { messages: [...messages, message, tool] });
      const content = received?.body.messages[1].content;
      const signatures = JSON.stringify(content).match(/c2lnM?\w*==|cmVk\w*=|I look\. |I found it\.|toolu_1/g);
      expect(signatures?.filter((one) => one !== "cmVkYWN0ZWQ=")).toEqual([
        "c2lnMQ==",
        "I look. ",
        "c2lnMg==",
        "I found it.",
        "c2lnMw==",
        "toolu_1",
      ]);
    }
  });

  test("is the same after a way to chat completions and back, wherever it was", () => {
    const word = fc.string({ minLength: 1, maxLength: 6 });
    const block = fc.oneof(
      word.map((text) => ({ type: "text", text })),
      word.map((thinking) => ({ type: "thinking", thinking, signature: "c2ln" })),
    );
    void fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 8 }), (content) => {
        const bytes = Buffer.from(JSON.stringify({ ...MESSAGE, content }));
        const { message } = jsonOfWhole(chatCompletion(bytes, { model: "m", created: 1, newId: () => "x" })).choices[0];
        const options = { model: "m", stream: false, defaultMaxTokens: 9, takesSampling: true };
        const sent = anthropicRequest({ messages: [{ role: "user", content: "Hi" }, message] }, options);
        const [, turn] = sent.messages as { content: typeof content }[];
        // Neighbouring texts become one.
        const joined: { type: string; text?: string }[] = [];
        for (const one of content) {
          const last = joined.at(-1);
          if (one.type === "text" && last?.type === "text") last.text = `${last.text}${"text" in one ? one.text : ""}`;
          else joined.push({ ...one });
        }
        expect(turn?.content).toEqual(joined);
      }),
    );
  });
});

describe("usage at the start of a message", () => {
  const start = async (upstream: UpstreamName, response: ScriptedResponse, fields: object = {}) => {
    const { request, script } = await startDialectGateway();
    script(response);
    const messages = [{ role: "user", content: "Hi" }];
    const { text } = await request(upstream, "/v1/messages", { max_tokens: 9, messages, stream: true, ...fields });
    return JSON.parse(/^data: (\{"type":"message_start".*)$/m.exec(text)?.[1] ?? "{}").message.usage;
  };

  test("is the provider's own where it sends it then", async () => {
    expect(await start("anthropic", RESPONSES.anthropic.stream)).toMatchObject({
      input_tokens: 7,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 0,
    });
    const event = {
      candidates: [{ content: { role: "model", parts: [{ text: "Hi" }] }, finishReason: "STOP", index: 0 }],
      usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 1 },
    };
    const gemini = { headers: { "content-type": "text/event-stream" }, body: `data: ${JSON.stringify(event)}\r\n\r\n` };
    expect(await start("gemini", gemini)).toMatchObject({ input_tokens: 11, output_tokens: 1 });
  });

  test("is the estimate where the provider sends it at the end", async () => {
    const chunks = [
      { id: "c", choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] },
      { id: "c", choices: [], usage: { prompt_tokens: 999, completion_tokens: 1 } },
    ];
    const body = `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
    const openai = { headers: { "content-type": "text/event-stream" }, body };
    const short = await start("openai", openai);
    const long = await start("openai", openai, { system: "x".repeat(4000) });
    expect(long.input_tokens - short.input_tokens).toBeGreaterThan(900);
    expect(short.input_tokens).toBeLessThan(200);
    expect((await start("bedrock", RESPONSES.bedrock.stream)).input_tokens).toBeGreaterThan(0);
  });

  test("is in no stream of a client of chat, whose libraries add usages up", async () => {
    const { request, script } = await startDialectGateway();
    script(RESPONSES.anthropic.stream);
    const body = { messages: [{ role: "user", content: "Hi" }], stream: true, stream_options: { include_usage: true } };
    const { text } = await request("anthropic", "/v1/chat/completions", body);
    expect(text.match(/"usage":/g)).toHaveLength(1);
  });
});
