import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { HELLO, json, startDialectGateway } from "../../../test/dialect-gateway.ts";

const messages = [{ role: "user", content: "Hi" }];

describe("what OpenAI takes and a provider of its dialect gets", () => {
  const custom = { type: "custom", custom: { name: "patch", format: { type: "text" } } };

  test("custom tools, chosen too, and calls of them", async () => {
    const { request, script } = await startDialectGateway();
    const call = { id: "c1", type: "custom", custom: { name: "patch", input: "x" } };
    const message = { role: "assistant", content: null, tool_calls: [call] };
    script(json({ id: "1", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message }] }));
    const tool_choice = { type: "custom", custom: { name: "patch" } };
    const body = { messages, tools: [custom], tool_choice };
    const { status, text, received } = await request("openai", "/v1/chat/completions", body);
    expect(status).toBe(200);
    expect(received?.body).toMatchObject(body);
    expect(JSON.parse(text).choices[0].message.tool_calls).toEqual([call]);
  });

  test.each(["anthropic", "bedrock", "gemini"] as const)("custom tools are refused by name at %s", async (upstream) => {
    const { request } = await startDialectGateway();
    const { status, text } = await request(upstream, "/v1/chat/completions", { messages, tools: [custom] });
    expect([status, JSON.parse(text).error.param]).toEqual([400, "tools[0].type"]);
  });

  test("a choice among allowed tools", async () => {
    const { request, script } = await startDialectGateway();
    script(HELLO.openai);
    const tool_choice = { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "function" }] } };
    const tools = [{ type: "function", function: { name: "f" } }];
    const { received } = await request("openai", "/v1/chat/completions", { messages, tools, tool_choice });
    expect(received?.body.tool_choice).toEqual(tool_choice);
  });

  test("no tokens to generate, in a completion", async () => {
    const { request, script } = await startDialectGateway();
    script(
      json({
        id: "1",
        object: "text_completion",
        created: 1,
        model: "m",
        choices: [{ index: 0, text: "", finish_reason: "stop" }],
      }),
    );
    const { received } = await request("openai", "/v1/completions", { prompt: "Hi", max_tokens: 0, echo: true });
    expect(received?.body.max_tokens).toBe(0);
  });

  test.each(["9223372036854775807", "-9223372036854775808", "9007199254740993", "42"])(
    "the seed %s, to its last digit",
    async (seed) => {
      const { requestText, script } = await startDialectGateway();
      for (const upstream of ["openai", "vllm"] as const) {
        script(HELLO[upstream]);
        const body = `{"model":"${upstream}","seed": ${seed},"messages":[{"role":"user","content":"\\"seed\\": 1"}]}`;
        const { status, received } = await requestText("/v1/chat/completions", body);
        expect([upstream, status]).toEqual([upstream, 200]);
        expect(received?.text).toMatch(new RegExp(`"seed": ?${seed}[,}]`));
      }
    },
  );

  test("a seed that is no whole number is refused", async () => {
    const { request } = await startDialectGateway();
    const { status, text } = await request("openai", "/v1/chat/completions", { messages, seed: 1.5 });
    expect([status, JSON.parse(text).error.param]).toEqual([400, "seed"]);
    expect(JSON.parse(text).error.message).toContain("whole number");
  });
});

describe("3,000 inputs of an embedding", () => {
  test("are refused with how many there may be and how many came", async () => {
    const { request } = await startDialectGateway();
    const { status, text } = await request("openai", "/v1/embeddings", {
      input: Array.from({ length: 3000 }, () => "x"),
    });
    expect([status, JSON.parse(text).error.message]).toEqual([
      400,
      expect.stringMatching(/at most 2048 items, got (an array of )?3000/),
    ]);
  });
});

describe("an upstream that compresses without being asked", () => {
  test("is asked not to", async () => {
    const { request, script } = await startDialectGateway();
    script(HELLO.openai);
    const { received } = await request("openai", "/v1/chat/completions", { messages });
    expect(received?.headers["accept-encoding"]).toBe("identity");
  });

  test("is understood all the same, whole, streamed and in its errors", async () => {
    const { request, script } = await startDialectGateway();
    const packed = (body: string | Buffer, headers: object = {}, status = 200) =>
      script({ status, headers: { "content-encoding": "gzip", ...headers }, body: gzipSync(body) });
    packed(HELLO.openai.body);
    const whole = await request("openai", "/v1/chat/completions", { messages });
    expect([whole.status, JSON.parse(whole.text).choices[0].message.content]).toEqual([200, "Hi"]);
    expect(whole.headers.get("content-encoding")).toBeNull();
    const chunk = { id: "1", choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] };
    packed(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`, { "content-type": "text/event-stream" });
    const stream = await request("openai", "/v1/chat/completions", { messages, stream: true });
    expect(stream.text).toContain('"content":"Hi"');
    expect(stream.text.endsWith("data: [DONE]\n\n")).toBe(true);
    packed(JSON.stringify({ error: { message: "temperature is wrong", param: "temperature" } }), {}, 400);
    const refused = await request("openai", "/v1/chat/completions", { messages });
    expect([refused.status, JSON.parse(refused.text).error.param]).toEqual([400, "temperature"]);
  });
});

const USAGE_LIMIT = "You have reached your specified API usage limits. You will regain access on 2026-12-01.";

describe("a provider's words about our account", () => {
  const words = [
    ["openai", 400, { error: { message: "Billing hard limit has been reached", code: "billing_hard_limit_reached" } }],
    ["openai", 400, { error: { message: "Your credit balance is too low to access the API." } }],
    [
      "openai",
      400,
      { error: { message: "Your organization must be verified to stream this model.", param: "stream" } },
    ],
    ["openai", 422, { message: "Insufficient Balance" }],
    ["anthropic", 400, { error: { type: "invalid_request_error", message: "Your credit balance is too low." } }],
    ["anthropic", 400, { error: { type: "invalid_request_error", message: USAGE_LIMIT } }],
    ["openai", 400, { type: "error", error: { type: "invalid_request_error", message: USAGE_LIMIT } }],
    ["bedrock", 400, { message: USAGE_LIMIT }],
    ["bedrock", 400, { message: "Operation not allowed" }],
    ["gemini", 400, { error: { status: "FAILED_PRECONDITION", message: "User location is not supported" } }],
  ] as const;

  test.each(words)("of %s with %i stay inside, in every client dialect: %j", async (upstream, status, body) => {
    const { request, script } = await startDialectGateway();
    script({ status, body: JSON.stringify(body) });
    for (const [path, fields] of [
      ["/v1/chat/completions", { messages }],
      ["/v1/messages", { messages, max_tokens: 9 }],
      ["/v1/responses", { input: "Hi" }],
    ] as const) {
      const response = await request(upstream, path, fields);
      expect([path, response.status]).toEqual([path, 502]);
      expect(response.text).not.toMatch(/credit|billing|balance|organization|not allowed|location|limits|regain/i);
    }
  });

  const refusals = [
    ["openai", (message: string) => ({ error: { message, param: "messages" } })],
    ["anthropic", (message: string) => ({ error: { type: "invalid_request_error", message } })],
    ["bedrock", (message: string) => ({ message })],
    ["gemini", (message: string) => ({ error: { status: "INVALID_ARGUMENT", message } })],
  ] as const;

  test.each(refusals)("lose the keys and names in a refusal of %s, and the refusal stays", async (upstream, bodyOf) => {
    const { request, script } = await startDialectGateway();
    const names = ["sk-proj-aBcDeFgH12345", "sk-proj-****7890", "org-AbC123dEf456", "proj_AbC123dEf456"];
    script({ status: 400, body: JSON.stringify(bodyOf(`user_content is too odd for ${names.join(" ")}`)) });
    const { status, text } = await request(upstream, "/v1/chat/completions", { messages });
    expect([status, JSON.parse(text).error.code]).toEqual([400, "invalid_request"]);
    expect(text).toContain("user_content is too odd for … … … …");
  });

  test("name no field whose path is longer than any of ours", async () => {
    const { request, script } = await startDialectGateway();
    const param = (length: number) => JSON.stringify({ error: { message: "odd", param: "x".repeat(length) } });
    script({ status: 400, body: param(60_000) });
    const long = await request("openai", "/v1/chat/completions", { messages });
    expect(JSON.parse(long.text).error).toMatchObject({ message: "odd", param: null });
    script({ status: 400, body: param(60) });
    const short = await request("openai", "/v1/chat/completions", { messages });
    expect(JSON.parse(short.text).error.param).toHaveLength(60);
  });
});
