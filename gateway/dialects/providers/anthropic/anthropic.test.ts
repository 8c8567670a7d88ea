import { describe, expect, onTestFinished, test } from "vitest";
import { type FakeAnthropicBehaviour, startFakeAnthropic } from "../../../../test-support/fake-anthropic.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { gathered, outbound, translated } from "../../../test/dialect-cases.ts";
import { jsonOfWhole } from "../../../test/whole-json.ts";
import { anthropicDialect } from "./anthropic.ts";

const dialect = anthropicDialect({ now: () => 5_000, newId: () => "id" });

async function send(behaviour: Partial<FakeAnthropicBehaviour>, fields: Record<string, unknown>) {
  const provider = await startFakeAnthropic(behaviour);
  onTestFinished(() => provider.stop());
  const request = outbound(fields);
  const { path, headers, body } = await dialect.encode(request);
  const response = await fetch(provider.origin + path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": provider.behaviour.key, ...headers },
    body,
  });
  return { provider, request, response, bytes: Buffer.from(await response.arrayBuffer()) };
}

const content: FakeAnthropicBehaviour["content"] = [
  { type: "thinking", thinking: "Let me see", signature: "sig" },
  { type: "text", text: "Looking" },
  { type: "tool_use", id: "t1", name: "weather", input: { city: "Oslo" } },
];

describe("a provider of Anthropic's", () => {
  // documented: anthropic-to-chat
  test("responds with a chat completion", async () => {
    const usage = {
      input_tokens: 7,
      output_tokens: 3,
      cache_read_input_tokens: 5,
      output_tokens_details: { thinking_tokens: 2 },
    };
    const { request, bytes } = await send({ content, stopReason: "tool_use", usage }, {});
    expect(jsonOfWhole(dialect.decodeWhole(bytes, request))).toEqual({
      id: "msg_fake",
      object: "chat.completion",
      created: 5,
      model: "tiny",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: "Looking",
            refusal: null,
            reasoning_content: "Let me see",
            thinking_blocks: [content[0]],
            tool_calls: [{ id: "t1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } }],
          },
          logprobs: null,
          finish_reason: "tool_calls",
        },
      ],
      usage: {
        prompt_tokens: 12,
        completion_tokens: 3,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 5 },
        completion_tokens_details: { reasoning_tokens: 2 },
      },
    });
  });

  test("streams the same", async () => {
    const { request, bytes, response } = await send({ content, stopReason: "tool_use" }, { stream: true });
    expect(response.headers.get("content-type")).toContain(dialect.streamMediaType);
    const translator = dialect.decodeStream(request);
    if (translator === undefined) throw new Error("nothing translates");
    expect(gathered(translated(translator, bytes, [7]))).toMatchObject({
      content: "Looking",
      reasoning: "Let me see",
      calls: [{ id: "t1", name: "weather", arguments: '{"city":"Oslo"}' }],
      finish: "tool_calls",
      isDone: true,
    });
  });

  test.each([
    ["end_turn", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["refusal", "content_filter"],
    ["pause_turn", "stop"],
    ["something_new", "stop"],
  ])("that stops for %s has finish_reason %s", async (stopReason, finish) => {
    const { request, bytes } = await send({ stopReason }, {});
    expect(jsonOfWhole(dialect.decodeWhole(bytes, request)).choices[0].finish_reason).toBe(finish);
  });

  test("names the stop sequence that it met, whole and streamed", async () => {
    const behaviour = { stopReason: "stop_sequence", stopSequence: "END" };
    const { request, bytes } = await send(behaviour, {});
    const [choice] = jsonOfWhole(dialect.decodeWhole(bytes, request)).choices;
    expect(choice).toMatchObject({ finish_reason: "stop", stop_reason: "END" });
    const streamed = await send(behaviour, { stream: true });
    const translator = dialect.decodeStream(streamed.request);
    if (translator === undefined) throw new Error("nothing translates");
    expect(gathered(translated(translator, streamed.bytes, []))).toMatchObject({ finish: "stop", stopReason: "END" });
  });

  test.each(["", "{}", "[]", '{"type":"message"}', "<html>"])("that responds %j is an upstream error", (text) => {
    expect(() => dialect.decodeWhole(Buffer.from(text), outbound({}))).toThrow(GatewayError);
  });

  test("has the problem of a field under OpenAI's path", async () => {
    const error = { status: 400, type: "invalid_request_error", message: "messages.0.content: no such thing" };
    const { response, bytes } = await send({ error }, {});
    expect(dialect.decodeProblem(response.status, bytes.toString())).toEqual({
      message: error.message,
      param: "messages[0].content",
    });
  });

  test("becomes context_length_exceeded for a prompt that is too long", () => {
    const body = JSON.stringify({
      type: "error",
      error: { type: "invalid_request_error", message: "prompt is too long: 210000 tokens > 200000 maximum" },
    });
    expect(dialect.decodeProblem(400, body)).toMatchObject({ code: "context_length_exceeded" });
    expect(dialect.decodeProblem(502, "<html>")).toEqual({});
  });

  test("is called for chat completions only", () => {
    const request = outbound({});
    const generation = { ...request.generation, route: "/v1/completions" } as const;
    expect(() => dialect.encode({ ...request, generation })).toThrow(/serves chat completions only/);
  });
});
