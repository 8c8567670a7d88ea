import { describe, expect, test } from "vitest";
import { isRecord } from "../../../lib/is-record.ts";
import { startDialectGateway, type UpstreamName } from "../../test/dialect-gateway.ts";

const messages = [{ role: "user", content: "Hi" }];
const CLIENTS = {
  "/v1/chat/completions": { messages },
  "/v1/responses": { input: "Hi" },
  "/v1/messages": { max_tokens: 9, messages },
} as const;
type Path = keyof typeof CLIENTS;

/** Each service's own form of an error. */
const errorOf: Readonly<Record<UpstreamName, (message: string, code?: string) => object>> = {
  openai: (message, code) => ({ error: { message, type: null, param: "prompt", code: code ?? null } }),
  vllm: (message) => ({ error: { message, type: "BadRequestError", param: null, code: 400 } }),
  anthropic: (message) => ({ type: "error", error: { type: "invalid_request_error", message } }),
  bedrock: (message) => ({ message }),
  gemini: (message) => ({ error: { code: 400, message, status: "INVALID_ARGUMENT" } }),
};

const TOO_LONG: readonly (readonly [UpstreamName, string])[] = [
  ["openai", "This model's maximum context length is 1000 tokens, however your messages have 2000 tokens."],
  ["openai", "Your input exceeds the context window of this model: 2000 of 1000 tokens."],
  ["openai", "This model's maximum prompt length is 1000 but the request contains 2000 tokens."],
  ["openai", "Input validation error: `inputs` must have less than 1000 tokens. Given: 2000"],
  ["openai", "the request exceeds the available context size (1000), prompt of 2000 tokens"],
  ["vllm", "The decoder prompt (length 2000) is longer than the maximum model length of 1000."],
  ["anthropic", "prompt is too long: 2000 tokens > 1000 maximum"],
  ["bedrock", "The model returned the following errors: prompt is too long: 2000 tokens > 1000 maximum"],
  ["bedrock", "Too many input tokens. Max input tokens: 1000, request input token count: 2000"],
  ["gemini", "The input token count (2000) exceeds the maximum number of tokens allowed (1000)."],
];

describe("a prompt that is too long", () => {
  test.each(TOO_LONG)("for %s, which says %j, is told in the words of each client's API", async (target, message) => {
    const { request, script } = await startDialectGateway();
    script({ status: 400, body: JSON.stringify(errorOf[target](message)) });
    for (const path of ["/v1/chat/completions", "/v1/responses"] as const) {
      const { status, text } = await request(target, path, CLIENTS[path]);
      const { error } = JSON.parse(text);
      expect([path, status, error.code, error.type]).toEqual([
        path,
        400,
        "context_length_exceeded",
        "invalid_request_error",
      ]);
      expect(error.message).toMatch(/maximum context length|context window/);
    }
    const { status, text } = await request(target, "/v1/messages", CLIENTS["/v1/messages"]);
    const { error } = JSON.parse(text);
    expect([status, error.type]).toEqual([400, "invalid_request_error"]);
    expect(error.message).toMatch(/^prompt is too long: 2000 tokens > 1000 maximum/);
  });

  test.each([
    ["bedrock", "Input is too long for requested model."],
    ["bedrock", "Input Tokens Exceeded: Number of input tokens exceeds maximum length."],
    ["anthropic", "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease them"],
    ["openai", "Please reduce the length of the messages or completion."],
  ] as const)("for %s, which says %j, is told so without numbers of a prompt", async (target, message) => {
    const { request, script } = await startDialectGateway();
    script({ status: 400, body: JSON.stringify(errorOf[target](message)) });
    const chat = JSON.parse((await request(target, "/v1/chat/completions", { messages })).text).error;
    expect([chat.code, chat.message]).toEqual([
      "context_length_exceeded",
      expect.stringMatching(/maximum context length.*: /),
    ]);
    const { error } = JSON.parse((await request(target, "/v1/messages", CLIENTS["/v1/messages"])).text);
    expect(error.message).toMatch(/^(prompt is too long: |input length and `max_tokens` exceed)/);
  });
});

const AZURE = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.";
const BLOCKED = "Output blocked by content filtering policy";

const FILTERED: readonly (readonly [UpstreamName, number, object])[] = [
  ["openai", 400, errorOf.openai(AZURE, "content_filter")],
  ["openai", 400, errorOf.openai("Invalid prompt: your prompt was flagged as potentially violating", "invalid_prompt")],
  ["openai", 400, errorOf.openai("Content Exists Risk", "invalid_request_error")],
  ["openai", 400, { detail: "Content Exists Risk" }],
  ["openai", 400, errorOf.openai("Input data may contain inappropriate content.", "data_inspection_failed")],
  ["openai", 403, { code: "No permission", error: "Content violates usage guidelines. Team: t-1, API key ID: k-1" }],
  ["openai", 403, { error: { code: 403, message: "Not allowed", metadata: { reasons: ["violence"] } } }],
  ["anthropic", 400, errorOf.anthropic(BLOCKED)],
  ["bedrock", 400, errorOf.bedrock(`The model returned the following errors: ${BLOCKED}`)],
  ["bedrock", 400, errorOf.bedrock("This request has been blocked by our content filters.")],
];

describe("a prompt that a provider's filter refuses", () => {
  test.each(FILTERED)(
    "at %s, with %i and %j, is an error of the client's with its code",
    async (target, code, body) => {
      const { request, script } = await startDialectGateway();
      script({ status: code, body: JSON.stringify(body) });
      for (const path of Object.keys(CLIENTS) as Path[]) {
        const { status, text } = await request(target, path, CLIENTS[path]);
        const { error } = JSON.parse(text);
        expect([path, status, error.type]).toEqual([path, 400, "invalid_request_error"]);
        expect([path, error.code ?? error.details.error_code]).toEqual([path, "content_filter"]);
        expect(error.message).not.toMatch(/t-1|k-1|API key/);
        if (path === "/v1/messages") expect(error.message).toContain("blocked by content filtering policy");
      }
      // It is not the provider's failure: the model is still served.
      for (let times = 0; times < 10; times++) await request(target, "/v1/chat/completions", { messages });
      script({ status: 500, body: "{}" });
      const { received } = await request(target, "/v1/chat/completions", { messages });
      expect(received).toBeDefined();
    },
  );

  test.each([
    ["gemini", { promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, usageMetadata: { promptTokenCount: 3 } }],
    [
      "bedrock",
      {
        output: { message: { role: "assistant", content: [{ text: "No." }] } },
        stopReason: "guardrail_intervened",
        usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
      },
    ],
    [
      "anthropic",
      {
        id: "msg_1",
        type: "message",
        content: [],
        stop_reason: "refusal",
        usage: { input_tokens: 3, output_tokens: 1 },
      },
    ],
    [
      "openai",
      {
        id: "1",
        choices: [{ index: 0, message: { role: "assistant", content: "" }, finish_reason: "content_filter" }],
        usage: { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 },
      },
    ],
  ] as const)("at %s with a response of 200 ends in each client's word for it", async (target, body) => {
    const { request, script } = await startDialectGateway();
    script({ body: JSON.stringify(body) });
    const ends: Readonly<Record<Path, (response: Readonly<Record<string, unknown>>) => unknown>> = {
      "/v1/chat/completions": ({ choices }) => Array.isArray(choices) && choices[0].finish_reason,
      "/v1/responses": ({ status, incomplete_details: details }) => [status, isRecord(details) && details.reason],
      "/v1/messages": ({ stop_reason }) => stop_reason,
    };
    const found: Record<string, unknown> = {};
    for (const path of Object.keys(CLIENTS) as Path[]) {
      const { status, text } = await request(target, path, CLIENTS[path]);
      expect([path, status]).toEqual([path, 200]);
      found[path] = ends[path](JSON.parse(text));
    }
    expect(found).toEqual({
      "/v1/chat/completions": "content_filter",
      "/v1/responses": ["incomplete", "content_filter"],
      "/v1/messages": "refusal",
    });
  });
});

describe("the stop sequence that ended a response", () => {
  const message = { role: "assistant", content: "one, " };
  const choice = { index: 0, message, finish_reason: "stop", stop_reason: "two" };
  const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 };
  const converse = {
    output: { message: { role: "assistant", content: [{ text: "one, " }] } },
    stopReason: "stop_sequence",
    usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4 },
  };
  const counts = { input_tokens: 3, output_tokens: 1 };

  test.each([
    ["vllm", ["two", "three"], { id: "1", choices: [choice], usage }],
    [
      "anthropic",
      ["two", "three"],
      {
        id: "msg_1",
        type: "message",
        content: [{ type: "text", text: "one, " }],
        stop_reason: "stop_sequence",
        stop_sequence: "two",
        usage: counts,
      },
    ],
    ["bedrock", ["two", "three"], { ...converse, additionalModelResponseFields: { stop_sequence: "two" } }],
    ["bedrock", ["two"], converse],
  ] as const)("reaches clients of %s whose sequences are %j", async (target, sequences, body) => {
    const { request, script } = await startDialectGateway();
    script({ body: JSON.stringify(body) });
    const chat = await request(target, "/v1/chat/completions", { messages, stop: sequences });
    expect(JSON.parse(chat.text).choices[0]).toMatchObject({ finish_reason: "stop", stop_reason: "two" });
    const own = await request(target, "/v1/messages", { ...CLIENTS["/v1/messages"], stop_sequences: sequences });
    expect(JSON.parse(own.text)).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "two" });
  });

  test("is requested of Bedrock where there are sequences, and not guessed among several", async () => {
    const { request, script } = await startDialectGateway();
    script({ body: JSON.stringify(converse) });
    const { received, text } = await request("bedrock", "/v1/chat/completions", { messages, stop: ["two", "three"] });
    expect(received?.body.additionalModelResponseFieldPaths).toEqual(["/stop_sequence"]);
    expect(JSON.parse(text).choices[0]).not.toHaveProperty("stop_reason");
    const plain = await request("bedrock", "/v1/chat/completions", { messages });
    expect(plain.received?.body).not.toHaveProperty("additionalModelResponseFieldPaths");
  });
});
