import { describe, expect, onTestFinished, test } from "vitest";
import { type FakeBedrockBehaviour, startFakeBedrock } from "../../../../test-support/fake-bedrock.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { gathered, outbound, translated } from "../../../test/dialect-cases.ts";
import { jsonOfWhole } from "../../../test/whole-json.ts";
import { bedrockDialect } from "./bedrock.ts";

const MODEL = "us.anthropic.claude-test-v1:0";

async function send(
  behaviour: Partial<FakeBedrockBehaviour>,
  fields: Record<string, unknown>,
  secretAccessKey?: string,
) {
  const provider = await startFakeBedrock(behaviour);
  onTestFinished(() => provider.stop());
  const { accessKeyId, secretAccessKey: secret, sessionToken, region } = provider.behaviour;
  const credentials = {
    accessKeyId,
    secretAccessKey: secretAccessKey ?? secret,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  const dialect = bedrockDialect({
    region,
    credentials: async () => credentials,
    now: () => 5_000_000,
    newId: () => "1",
  });
  const request = { ...outbound(fields, MODEL), origin: provider.origin };
  const { path, headers, body } = await dialect.encode(request);
  const response = await fetch(provider.origin + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  return { provider, dialect, request, response, bytes: Buffer.from(await response.arrayBuffer()) };
}

const content: FakeBedrockBehaviour["content"] = [
  { reasoningContent: { reasoningText: { text: "Let me see", signature: "sig" } } },
  { text: "Looking" },
  { toolUse: { toolUseId: "t1", name: "weather", input: { city: "Oslo" } } },
];

describe("Bedrock", () => {
  // documented: bedrock-to-chat
  test("takes the signature, a session's too, and responds with a chat completion", async () => {
    for (const sessionToken of [undefined, "session"]) {
      const { dialect, request, bytes, provider } = await send({ content, stopReason: "tool_use", sessionToken }, {});
      expect(provider.received[0]?.path).toBe("/model/us.anthropic.claude-test-v1%3A0/converse");
      expect(jsonOfWhole(dialect.decodeWhole(bytes, request))).toEqual({
        id: "chatcmpl-1",
        object: "chat.completion",
        created: 5000,
        model: "tiny",
        choices: [
          {
            index: 0,
            message: {
              role: "assistant",
              content: "Looking",
              refusal: null,
              reasoning_content: "Let me see",
              thinking_blocks: [{ type: "thinking", thinking: "Let me see", signature: "sig" }],
              tool_calls: [{ id: "t1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } }],
            },
            logprobs: null,
            finish_reason: "tool_calls",
          },
        ],
        usage: {
          prompt_tokens: 7,
          completion_tokens: 3,
          total_tokens: 10,
          prompt_tokens_details: { cached_tokens: 0 },
        },
      });
    }
  });

  test("streams the same in frames", async () => {
    const { dialect, request, bytes, response } = await send({ content, stopReason: "tool_use" }, { stream: true });
    expect(response.headers.get("content-type")).toBe(dialect.streamMediaType);
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

  test("refuses a signature with another secret", async () => {
    expect((await send({}, {}, "another")).response.status).toBe(403);
  });

  test("has the problem, and is context_length_exceeded for a prompt that is too long", async () => {
    const error = { status: 400, type: "ValidationException", message: "Input is too long for requested model." };
    const { dialect, response, bytes } = await send({ error }, {});
    expect(dialect.decodeProblem(response.status, bytes.toString())).toEqual({
      message: error.message,
      code: "context_length_exceeded",
    });
    expect(dialect.decodeProblem(502, "<html>")).toEqual({});
    for (const text of ["", "{}", '{"output":{}}'])
      expect(() => dialect.decodeWhole(Buffer.from(text), outbound({}))).toThrow(GatewayError);
  });
});
