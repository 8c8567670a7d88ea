import { describe, expect, test } from "vitest";
import { HELLO, startDialectGateway, UPSTREAMS } from "../../../test/dialect-gateway.ts";

const IMAGE = { type: "image", source: { type: "base64", media_type: "image/png", data: "aGk=" } };
const EPHEMERAL = { type: "ephemeral" };

/** A turn of a tool loop as Claude Code sends it with its default settings. */
const BODY = {
  max_tokens: 32_000,
  system: [{ type: "text", text: "You are a coding agent.", cache_control: EPHEMERAL }],
  messages: [
    { role: "user", content: [{ type: "text", text: "Look at a.png", cache_control: EPHEMERAL }] },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "", signature: "c2lnbmVk" },
        { type: "text", text: "Reading it." },
        { type: "thinking", thinking: "And now", signature: "c2lnbmVkMg==" },
        { type: "tool_use", id: "toolu_1", name: "Read", input: { path: "a.png" } },
        { type: "tool_use", id: "toolu_2", name: "Bash", input: { command: "ls" } },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "toolu_1", content: [{ type: "text", text: "1 image" }, IMAGE] },
        { type: "tool_result", tool_use_id: "toolu_2", content: "ls: denied", is_error: true },
      ],
    },
  ],
  tools: [
    { name: "Read", description: "Reads", input_schema: { type: "object", properties: { path: { type: "string" } } } },
    { name: "Bash", description: "Runs", input_schema: { type: "object" }, eager_input_streaming: true },
  ],
  thinking: { type: "enabled", budget_tokens: 31_999 },
  temperature: 1,
  top_k: 40,
  metadata: { user_id: `user_${"a".repeat(64)}_account__session_${"b".repeat(60)}` },
  context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
  cache_control: EPHEMERAL,
  service_tier: "auto",
};

describe("Claude Code's body with its default settings", () => {
  test.each(UPSTREAMS)("is served by a target that is %s", async (upstream) => {
    const { request, script } = await startDialectGateway();
    script(HELLO[upstream]);
    const response = await request(upstream, "/v1/messages?beta=true", BODY, {
      "anthropic-beta": "claude-code-20250219,context-management-2025-06-27",
    });
    expect([response.status, response.text]).toEqual([200, expect.stringContaining('"stop_reason":"end_turn"')]);
  });

  test("reaches Anthropic as it is, with its betas and thinking in its order", async () => {
    const { request, script } = await startDialectGateway();
    script(HELLO.anthropic);
    const betas = "claude-code-20250219,context-management-2025-06-27";
    const { received } = await request("anthropic", "/v1/messages", BODY, { "anthropic-beta": betas });
    expect(received?.headers["anthropic-beta"]).toBe(betas);
    expect(received?.body).toEqual({ ...BODY, model: "small" });
  });

  test("reaches Anthropic without thinking that another provider or an engine made", async () => {
    const { request, script } = await startDialectGateway();
    script(HELLO.anthropic);
    const thoughts = [
      { type: "thinking", thinking: "Hm", signature: "" },
      { type: "thinking", thinking: "Hm", signature: "gemini:c2ln" },
      { type: "thinking", thinking: "Hm", signature: "c2ln" },
    ];
    const text = { type: "text", text: "Yes" };
    const messages = [
      { role: "user", content: "One" },
      { role: "assistant", content: [...thoughts, text] },
      { role: "user", content: "Two" },
    ];
    const { received } = await request("anthropic", "/v1/messages", { max_tokens: 9, messages });
    expect(received?.body.messages[1].content).toEqual([thoughts[2], text]);
  });

  test("reaches a provider of OpenAI's dialect without the fields that it lacks", async () => {
    const { request, script } = await startDialectGateway();
    script(HELLO.openai);
    const { received } = await request("openai", "/v1/messages", BODY, { "anthropic-beta": "a" });
    expect(received?.headers).not.toHaveProperty("anthropic-beta");
    expect(Object.keys(received?.body).sort()).toEqual(
      "max_completion_tokens messages model reasoning_effort temperature tools user".split(" "),
    );
    expect(received?.body.reasoning_effort).toBe("high");
    expect(received?.body.user).toMatch(/^[0-9a-f]{64}$/);
    expect(received?.text).not.toMatch(/thinking_blocks|signature|cache_control|reasoning_content|c2lnbmVk/);
  });

  test("sends a user id that is too long for OpenAI's dialect as its hash, and a short one as it is", async () => {
    const { request, script } = await startDialectGateway();
    script(HELLO.openai);
    const userOf = async (id: string) =>
      (await request("openai", "/v1/messages", { ...BODY, metadata: { user_id: id } })).received?.body.user;
    const long = "u".repeat(150);
    expect(await userOf("user-1")).toBe("user-1");
    expect(await userOf(`${long}1`)).toBe(await userOf(`${long}1`));
    expect(await userOf(`${long}1`)).not.toBe(await userOf(`${long}2`));
  });

  test.each(["openai", "vllm"] as const)(
    "sends %s the text of results in tool messages, and their images after them",
    async (upstream) => {
      const { request, script } = await startDialectGateway();
      script(HELLO[upstream]);
      const { received } = await request(upstream, "/v1/messages", BODY);
      expect(received?.body.messages.slice(3)).toEqual([
        { role: "tool", tool_call_id: "toolu_1", content: "1 image" },
        { role: "tool", tool_call_id: "toolu_2", content: "Error: ls: denied" },
        {
          role: "user",
          content: [
            { type: "text", text: "From the result of toolu_1:" },
            { type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } },
          ],
        },
      ]);
    },
  );

  test("sends top_k to our engines, which have it", async () => {
    const { request, script } = await startDialectGateway();
    script(HELLO.vllm);
    expect((await request("vllm", "/v1/messages", BODY)).received?.body.top_k).toBe(40);
  });

  test.each([
    [1024, "low"],
    [10_000, "medium"],
    [31_999, "high"],
  ])("translates a budget of %i tokens of thinking to the effort %s", async (budget_tokens, effort) => {
    const { request, script } = await startDialectGateway();
    script(HELLO.openai);
    const thinking = { type: "enabled", budget_tokens };
    expect((await request("openai", "/v1/messages", { ...BODY, thinking })).received?.body.reasoning_effort).toBe(
      effort,
    );
  });

  test.each(["xhigh", "max"])("translates the effort %s to high for servers without it", async (effort) => {
    const { request, script } = await startDialectGateway();
    script(HELLO.openai);
    const body = { ...BODY, thinking: { type: "adaptive" }, output_config: { effort } };
    expect((await request("openai", "/v1/messages", body)).received?.body.reasoning_effort).toBe("high");
  });
});

describe("what only Anthropic's own service does", () => {
  const only = [
    ["tools[0].type", { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
    ["mcp_servers", { mcp_servers: [{ type: "url", url: "https://example.com", name: "x" }] }],
    ["container", { container: { skills: [{ type: "anthropic", skill_id: "pptx", version: "latest" }] } }],
    ["inference_geo", { inference_geo: "eu" }],
  ] as const;
  const plain = { max_tokens: 9, messages: [{ role: "user", content: "Hi" }] };

  test.each(only)("%s reaches it", async (_param, fields) => {
    const { request, script } = await startDialectGateway();
    script(HELLO.anthropic);
    const { status, received } = await request("anthropic", "/v1/messages", { ...plain, ...fields });
    expect(status).toBe(200);
    expect(received?.body).toMatchObject(fields);
  });

  test.each(only)("%s is refused by name for every other target", async (param, fields) => {
    const { request } = await startDialectGateway();
    for (const upstream of UPSTREAMS.filter((name) => name !== "anthropic")) {
      const { status, text, received } = await request(upstream, "/v1/messages", { ...plain, ...fields });
      expect([upstream, status, JSON.parse(text).error.details.param]).toEqual([upstream, 400, param]);
      expect(received).toBeUndefined();
    }
  });
});

describe("a document by its address", () => {
  const at = (url: string) => ({
    max_tokens: 9,
    system: "Be brief",
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "Read" },
          { type: "document", source: { type: "url", url } },
        ],
      },
    ],
  });

  test.each(["openai", "vllm", "bedrock"] as const)("is refused at %s by the client's name of it", async (upstream) => {
    const { request } = await startDialectGateway();
    const { status, text } = await request(upstream, "/v1/messages", at("https://example.com/a.pdf"));
    expect([status, JSON.parse(text).error.details.param]).toEqual([400, "messages[0].content[1].source"]);
  });

  test.each(["anthropic", "gemini"] as const)("is sent to %s, which fetches it", async (upstream) => {
    const { request, script } = await startDialectGateway();
    script(HELLO[upstream]);
    const { status, received } = await request(upstream, "/v1/messages", at("https://example.com/a.pdf"));
    expect(status).toBe(200);
    expect(received?.text).toContain("https://example.com/a.pdf");
  });
});
