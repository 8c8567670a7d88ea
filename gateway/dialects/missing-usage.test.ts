import { describe, expect, test } from "vitest";
import { eventFrame } from "../../test-support/fake-bedrock.ts";
import {
  type DialectGateway,
  type ScriptedResponse,
  startDialectGateway,
  type UpstreamName,
} from "../test/dialect-gateway.ts";

type Fields = Readonly<Record<string, unknown>>;

const sse = (...events: readonly (object | string)[]) =>
  events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");
const MEDIA = { "content-type": "text/event-stream" };

/** A response of each provider with two pieces of text, and with this in the field of its usage, as JSON. */
function chat(usage: string): Pick<Record<"whole" | "stream", ScriptedResponse>, "whole" | "stream"> {
  const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "small" };
  const delta = (content: string, finish_reason: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta: { content }, finish_reason, logprobs: null }],
  });
  const last = `data: ${JSON.stringify({ ...head, choices: [], usage: "USAGE" }).replace('"USAGE"', usage)}\n\n`;
  const message = { role: "assistant", content: "Hi you" };
  const whole = { ...head, choices: [{ index: 0, message, finish_reason: "stop", logprobs: null }], usage: "USAGE" };
  return {
    whole: { body: JSON.stringify(whole).replace('"USAGE"', usage) },
    stream: { headers: MEDIA, body: sse(delta("Hi "), delta("you"), delta("", "stop")) + last + sse("[DONE]") },
  };
}

function anthropic(usage: string) {
  const message = { id: "msg_1", type: "message", role: "assistant", model: "small", usage: "USAGE" };
  const text = (piece: string) => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: piece },
  });
  const content = [{ type: "text", text: "Hi you" }];
  const fill = (body: string) => body.replaceAll('"USAGE"', usage);
  return {
    whole: { body: fill(JSON.stringify({ ...message, content, stop_reason: "end_turn", stop_sequence: null })) },
    stream: {
      headers: MEDIA,
      body: fill(
        sse(
          { type: "message_start", message: { ...message, content: [], stop_reason: null, stop_sequence: null } },
          { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
          text("Hi "),
          text("you"),
          { type: "content_block_stop", index: 0 },
          { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: "USAGE" },
          { type: "message_stop" },
        ),
      ),
    },
  };
}

function gemini(usage: string) {
  const part = (text: string, finishReason?: string) => ({
    candidates: [{ content: { role: "model", parts: [{ text }] }, index: 0, finishReason }],
    responseId: "g1",
    usageMetadata: "USAGE",
  });
  const fill = (body: string) => body.replaceAll('"USAGE"', usage);
  return {
    whole: { body: fill(JSON.stringify(part("Hi you", "STOP"))) },
    stream: { headers: MEDIA, body: fill(sse(part("Hi "), part("you", "STOP"))) },
  };
}

function bedrock(usage: string) {
  const parsed = JSON.parse(usage);
  const text = (piece: string) => eventFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: piece } });
  const message = { role: "assistant", content: [{ text: "Hi you" }] };
  return {
    whole: { body: JSON.stringify({ output: { message }, stopReason: "end_turn", usage: parsed }) },
    stream: {
      headers: { "content-type": "application/vnd.amazon.eventstream" },
      body: Buffer.concat([
        eventFrame("messageStart", { role: "assistant" }),
        text("Hi "),
        text("you"),
        eventFrame("contentBlockStop", { contentBlockIndex: 0 }),
        eventFrame("messageStop", { stopReason: "end_turn" }),
        eventFrame("metadata", { usage: parsed }),
      ]),
    },
  };
}

const RESPONSES = { openai: chat, vllm: chat, anthropic, bedrock, gemini };
/** What servers send in the place of their counts. */
const NONSENSE: Readonly<Record<UpstreamName, readonly string[]>> = {
  openai: [
    "null",
    '{"prompt_tokens":-5,"completion_tokens":-2}',
    '{"prompt_tokens":"7"}',
    '{"prompt_tokens":NaN}',
    '"?"',
  ],
  vllm: ["null", '{"prompt_tokens":1e300,"completion_tokens":2}'],
  anthropic: [
    "null",
    '{"input_tokens":-5,"output_tokens":-2}',
    '{"input_tokens":"7","output_tokens":9007199254740993}',
  ],
  bedrock: ["null", '{"inputTokens":-5,"outputTokens":-2}', '{"inputTokens":7,"outputTokens":"2"}'],
  gemini: ["null", '{"promptTokenCount":-5}', '{"promptTokenCount":7,"candidatesTokenCount":0.5}'],
};
const NONE_OF_THEM = /:-\d|NaN|:"7"|:1e\+?300|9007199254740993|"\?"|0\.5/;
const CASES = Object.entries(NONSENSE).flatMap(([target, all]) =>
  all.map((usage) => [target as UpstreamName, usage] as const),
);

const CLIENTS: Readonly<Record<string, { readonly path: string; readonly body: Fields }>> = {
  chat: { path: "/v1/chat/completions", body: { messages: [{ role: "user", content: "Say hi" }] } },
  messages: { path: "/v1/messages", body: { max_tokens: 9, messages: [{ role: "user", content: "Say hi" }] } },
  responses: { path: "/v1/responses", body: { input: "Say hi" } },
};

async function responseTo(
  gateway: DialectGateway,
  client: string,
  target: UpstreamName,
  stream: boolean,
): Promise<string> {
  const { path, body } = CLIENTS[client] ?? { path: "", body: {} };
  const options = stream ? { stream, ...(client === "chat" ? { stream_options: { include_usage: true } } : {}) } : {};
  const { status, text } = await gateway.request(target, path, { ...body, ...options });
  expect(status).toBe(200);
  return text;
}

const dataOf = (text: string): Fields[] =>
  [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json = ""]) => JSON.parse(json) as Fields);

// biome-ignore lint/suspicious/noExplicitAny: a usage of any dialect
function lastUsage(events: readonly any[]): any {
  return events.map((event) => event.usage ?? event.response?.usage).findLast((usage) => usage != null);
}

describe("a response whose provider does not count its tokens", () => {
  test.each(CASES)(
    "%s with the usage %s: each client of a stream gets the estimate that is paid",
    async (target, usage) => {
      const gateway = await startDialectGateway();
      gateway.script(RESPONSES[target](usage).stream);
      for (const client of Object.keys(CLIENTS)) {
        const text = await responseTo(gateway, client, target, true);
        const seen = lastUsage(dataOf(text));
        const prompt = seen.input_tokens ?? seen.prompt_tokens;
        expect(prompt, client).toBeGreaterThan(0);
        expect(prompt, client).toBeLessThan(60);
        expect(seen.output_tokens ?? seen.completion_tokens, client).toBe(2);
        expect(text, client).not.toMatch(NONE_OF_THEM);
      }
    },
  );

  test.each(CASES)(
    "%s with the usage %s: so do clients of whole responses that have a usage",
    async (target, usage) => {
      const gateway = await startDialectGateway();
      gateway.script(RESPONSES[target](usage).whole);
      for (const client of Object.keys(CLIENTS)) {
        const text = await responseTo(gateway, client, target, false);
        const { usage: seen } = JSON.parse(text);
        expect(text, client).not.toMatch(NONE_OF_THEM);
        if (client === "chat" && seen == null && (target === "openai" || target === "vllm")) continue;
        expect(seen.input_tokens ?? seen.prompt_tokens, client).toBeGreaterThan(0);
        expect(seen.output_tokens ?? seen.completion_tokens, client).toBe(2);
      }
    },
  );

  test("a client of chat completions that requests no usage gets none", async () => {
    const gateway = await startDialectGateway();
    gateway.script(RESPONSES.openai('{"prompt_tokens":-5}').stream);
    const { text } = await gateway.request("openai", "/v1/chat/completions", { ...CLIENTS.chat?.body, stream: true });
    expect(text).not.toContain("usage");
    expect(text).toContain("[DONE]");
  });

  const WORDS = "some words ".repeat(200);
  const head = { id: "c1", object: "chat.completion.chunk", created: 1, model: "small" };
  const choice = (fields: Fields) => ({
    ...head,
    choices: [{ index: 0, finish_reason: null, logprobs: null, ...fields }],
  });
  const called = {
    tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "f", arguments: WORDS } }],
  };

  test.each<readonly [string, Fields]>([
    ["text", { content: WORDS }],
    ["a refusal", { refusal: WORDS }],
    ["thinking", { reasoning_content: WORDS }],
    ["arguments", called],
    ["a transcript", { audio: { id: "a1", transcript: WORDS } }],
  ])("pays for %s of one event by its length", async (_what, delta) => {
    const gateway = await startDialectGateway();
    const events = sse(
      choice({ delta: { role: "assistant", ...delta } }),
      choice({ delta: {}, finish_reason: "stop" }),
    );
    gateway.script({ headers: MEDIA, body: events + sse("[DONE]") });
    await responseTo(gateway, "chat", "openai", true);
    expect(await gateway.lastRequest()).toMatchObject({ completionTokens: WORDS.length / 4 });
  });

  test.each<readonly [string, Fields]>([
    ["text", { content: WORDS }],
    ["thinking", { content: "", reasoning_content: WORDS }],
    ["arguments", { content: null, ...called }],
  ])("pays for %s of a whole response by its length", async (_what, message) => {
    const gateway = await startDialectGateway();
    const whole = {
      ...head,
      choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop" }],
    };
    gateway.script({ body: JSON.stringify(whole) });
    await responseTo(gateway, "chat", "openai", false);
    expect(await gateway.lastRequest()).toMatchObject({ completionTokens: WORDS.length / 4 });
  });
});

describe("a stream that is broken off", () => {
  test("pays what Gemini has counted so far, its hidden thoughts included", async () => {
    const part = (text: string, usageMetadata: Fields) => ({
      candidates: [{ content: { role: "model", parts: [{ text }] }, index: 0 }],
      responseId: "g1",
      usageMetadata,
    });
    const gateway = await startDialectGateway();
    const counts = { promptTokenCount: 100, candidatesTokenCount: 2000, thoughtsTokenCount: 4000 };
    gateway.script({ headers: MEDIA, body: sse(part("Hi ", { promptTokenCount: 100 }), part("you", counts)) });
    await responseTo(gateway, "chat", "gemini", true);
    expect(await gateway.lastRequest()).toMatchObject({ promptTokens: 100, completionTokens: 6000 });
  });

  test("pays the prompt that Anthropic has counted, and its text where that is more than the count of the start", async () => {
    const usage = { input_tokens: 70, cache_read_input_tokens: 30, output_tokens: 1 };
    const message = { id: "msg_1", type: "message", role: "assistant", model: "small", content: [], usage };
    const text = (piece: string) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: piece },
    });
    const gateway = await startDialectGateway();
    gateway.script({
      headers: MEDIA,
      body: sse(
        { type: "message_start", message },
        { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
        text("Hi "),
        text("you"),
      ),
    });
    await responseTo(gateway, "chat", "anthropic", true);
    expect(await gateway.lastRequest()).toMatchObject({ promptTokens: 100, completionTokens: 2 });
  });
});
