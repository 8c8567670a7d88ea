import { describe, expect, test } from "vitest";
import { type DialectResponse, HELLO, json, startDialectGateway, type UpstreamName } from "../test/dialect-gateway.ts";

const messages = [{ role: "user", content: "Hi" }];
const CLIENTS = [
  ["/v1/chat/completions", { messages }],
  ["/v1/messages", { messages, max_tokens: 9 }],
  ["/v1/responses", { input: "Hi" }],
] as const;

/** A whole chat completion. */
const chat = (message: unknown, fields: object = {}) => ({
  id: "c",
  object: "chat.completion",
  choices: [{ index: 0, message, finish_reason: "stop" }],
  usage: { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8 },
  ...fields,
});
const written = (fields: object) => chat({ role: "assistant", ...fields });
const anthropic = (...content: readonly unknown[]) => ({ ...JSON.parse(String(HELLO.anthropic.body)), content });
const bedrock = (...content: readonly unknown[]) => ({
  ...JSON.parse(String(HELLO.bedrock.body)),
  output: { message: { role: "assistant", content } },
});
const gemini = (...parts: readonly unknown[]) => ({
  ...JSON.parse(String(HELLO.gemini.body)),
  candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0 }],
});

const OF_CHAT: readonly unknown[] = [
  chat(undefined),
  chat("Hi"),
  chat(null, { choices: [null] }),
  chat(null, { choices: [3] }),
  chat(null, { object: "text_completion", choices: [{ index: 0, text: "Hi", finish_reason: "stop" }] }),
  written({ content: 5 }),
  written({ content: { text: "Hi" } }),
  written({ tool_calls: [null] }),
  written({ tool_calls: [{ id: "t", type: "function", function: { name: "f", arguments: 3 } }] }),
  written({ tool_calls: [{ id: "t", type: "function", function: { arguments: "{}" } }] }),
];

const MALFORMED: readonly (readonly [UpstreamName, unknown])[] = [
  ...OF_CHAT.map((response) => ["openai", response] as const),
  ...OF_CHAT.map((response) => ["vllm", response] as const),
  ["anthropic", anthropic(null)],
  ["anthropic", anthropic({ type: "text", text: 5 })],
  ["anthropic", anthropic({ type: "thinking", thinking: {} })],
  ["bedrock", bedrock(null)],
  ["bedrock", bedrock({ text: 5 })],
  ["bedrock", bedrock({ toolUse: "f" })],
  ["gemini", gemini(null)],
  ["gemini", gemini({ text: 5 })],
  ["gemini", gemini({ functionCall: null })],
];

describe("a whole response with a part that its clients could not read", () => {
  test.each(MALFORMED)("of %s has failed, for every client: %j", async (upstream, response) => {
    const { request, script } = await startDialectGateway();
    for (const [path, fields] of CLIENTS) {
      // Two failures in a row would pause the upstream.
      script(HELLO[upstream]);
      expect((await request(upstream, path, fields)).status).toBe(200);
      script(json(response));
      const { status, text } = await request(upstream, path, fields);
      expect([path, status, text]).toEqual([path, 502, expect.stringContaining("upstream_error")]);
    }
  });

  test.each(["openai", "vllm"] as const)(
    "has failed where %s sends a chat completion for a completion",
    async (upstream) => {
      const { request, script } = await startDialectGateway();
      script(json(written({ content: "Hi" })));
      const { status } = await request(upstream, "/v1/completions", { prompt: "Hi" });
      expect(status).toBe(502);
    },
  );

  test.each([{ data: [] }, { data: [null] }, { data: [{ embedding: "" }] }, { data: [{ embedding: ["x"] }] }])(
    "is none of embeddings: %j",
    async (fields) => {
      const { request, script } = await startDialectGateway();
      script(json({ object: "list", usage: { prompt_tokens: 1, total_tokens: 1 }, ...fields }));
      const { status } = await request("openai", "/v1/embeddings", { input: "Hi" });
      expect(status).toBe(502);
    },
  );

  test("is not stored", async () => {
    const { request, script } = await startDialectGateway({
      config: { cache: { ttlSeconds: 3600, routeTtlSeconds: {}, memoryMiB: 8, semantic: null } },
    });
    const send = () => request("openai", "/v1/chat/completions", { messages, temperature: 0 });
    script(json(written({ content: 5 })));
    expect((await send()).status).toBe(502);
    script(HELLO.openai);
    const { status, text, received } = await send();
    expect([status, received === undefined]).toEqual([200, false]);
    expect(JSON.parse(text).choices[0].message.content).toBe("Hi");
  });
});

describe("a whole response whose server writes white space around the colons", () => {
  const spaced = (value: unknown) =>
    JSON.stringify(value, null, 1)
      .replaceAll(/"(?=:)/g, '" ')
      .replaceAll('":', '" :');
  const callsIn = ({ text }: DialectResponse) => {
    const { content, output, choices } = JSON.parse(text);
    if (content !== undefined) return content[0].input;
    return JSON.parse(output?.[0].arguments ?? choices[0].message.tool_calls[0].function.arguments);
  };

  test.each(["openai", "vllm"] as const)(
    "of %s has the arguments that are an object, for every client",
    async (upstream) => {
      const { request, script } = await startDialectGateway();
      const call = { id: "t", type: "function", function: { name: "read", arguments: { path: "x" } } };
      script({ body: spaced(written({ content: null, tool_calls: [call] })) });
      for (const [path, fields] of CLIENTS) {
        const response = await request(upstream, path, fields);
        expect([path, callsIn(response)]).toEqual([path, { path: "x" }]);
      }
    },
  );

  test.each(["openai", "vllm"] as const)(
    "of %s has the text of a list of parts, for every client",
    async (upstream) => {
      const { request, script } = await startDialectGateway();
      script({ body: spaced(written({ content: [{ type: "text", text: "Hello" }] })) });
      for (const [path, fields] of CLIENTS) {
        const { text } = await request(upstream, path, fields);
        expect([path, text]).toEqual([path, expect.stringMatching(/"(content|text)":"Hello"/)]);
      }
    },
  );
});

const sse = (...data: readonly unknown[]) => ({
  headers: { "content-type": "text/event-stream" },
  body: [...data.map((event) => (typeof event === "string" ? event : JSON.stringify(event))), "[DONE]"]
    .map((event) => `data: ${event}\n\n`)
    .join(""),
});
const chunk = (choice: unknown) => ({ id: "c", object: "chat.completion.chunk", choices: [choice] });
const delta = (fields: unknown, finish_reason: string | null = null) =>
  chunk({ index: 0, delta: fields, finish_reason });
const USAGE = { id: "c", choices: [], usage: { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8 } };
const ending = [delta({}, "stop"), USAGE] as const;
const callWith = (fields: object) => delta({ tool_calls: [{ index: 0, id: "t", type: "function", ...fields }] });

const MALFORMED_EVENTS: readonly unknown[] = [
  callWith({ function: { arguments: "{}" } }),
  callWith({ function: { name: "f", arguments: 3 } }),
  delta({ tool_calls: [null] }),
  delta({ tool_calls: {} }),
  delta("Hi"),
  delta({ content: 5 }),
  delta({ content: { text: "Hi" } }),
  JSON.stringify(delta({ content: 5 })).replace('"content":', '"content" : '),
  JSON.stringify(delta({ content: 5 })).replace('"content"', '"\\u0063ontent"'),
];

describe("a stream of OpenAI's dialect with a part that its clients could not read", () => {
  test.each(MALFORMED_EVENTS)("ends in an error for every client, which does not get the part: %j", async (event) => {
    const { request, script } = await startDialectGateway();
    for (const upstream of ["openai", "vllm"] as const)
      for (const [path, fields] of CLIENTS) {
        script(sse(delta({ content: "first" }), event, ...ending));
        const { status, text } = await request(upstream, path, { ...fields, stream: true });
        expect([upstream, path, status, text]).toEqual([upstream, path, 200, expect.stringContaining("first")]);
        expect(text).toMatch(/"upstream_error"|"api_error"|"server_error"/);
        expect(text).not.toMatch(/\[DONE\]|message_stop|response\.completed|"arguments":"\{\}"|"tool_calls"/);
      }
  });

  test.each(MALFORMED_EVENTS)("has failed where that is its beginning: %j", async (event) => {
    const { request, script } = await startDialectGateway();
    for (const [path, fields] of CLIENTS.slice(0, 2)) {
      script(sse(event, ...ending));
      const { status } = await request("openai", path, { ...fields, stream: true });
      expect([path, status]).toEqual([path, 502]);
    }
  });

  test("is not stored", async () => {
    const { request, script } = await startDialectGateway({
      config: { cache: { ttlSeconds: 3600, routeTtlSeconds: {}, memoryMiB: 8, semantic: null } },
    });
    script(sse(delta({ content: "Hi" }), callWith({ function: { arguments: "{}" } }), ...ending));
    for (let times = 0; times < 2; times++) {
      const fields = { messages, temperature: 0, stream: true };
      const { headers, received } = await request("openai", "/v1/chat/completions", fields);
      expect([headers.get("x-sluice-cache"), received === undefined]).toEqual(["miss", false]);
    }
  });

  test("is none where white space stands around the colons: its calls end with `tool_calls`", async () => {
    const { request, script } = await startDialectGateway();
    const events = [callWith({ function: { name: "f", arguments: { path: "x" } } }), ...ending];
    script(sse(...events.map((event) => JSON.stringify(event).replaceAll(/":/g, '" : '))));
    const { text } = await request("openai", "/v1/chat/completions", { messages, stream: true });
    expect(text).toContain('"finish_reason":"tool_calls"');
    expect(text).toContain('"arguments":"{\\"path\\":\\"x\\"}"');
  });
});
