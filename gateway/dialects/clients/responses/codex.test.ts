import { describe, expect, test } from "vitest";
import { ModelResponse } from "../../../../contracts/api/responses.ts";
import { HELLO, json, type ScriptedResponse, startDialectGateway, UPSTREAMS } from "../../../test/dialect-gateway.ts";
import { eventsOf } from "../../../test/test-gateway.ts";

const parameters = { type: "object", properties: { command: { type: "string" } } };
const GRAMMAR = "start: begin_patch hunk+ end_patch";

/** A turn of a tool loop as Codex CLI sends it with its default settings. */
const BODY = {
  instructions: "You are a coding agent.",
  input: [
    { type: "message", role: "developer", content: [{ type: "input_text", text: "Sandboxed" }] },
    { type: "message", role: "user", content: [{ type: "input_text", text: "Fix it" }] },
    { type: "reasoning", id: "rs_1", summary: [], content: null, encrypted_content: "b3BhcXVl" },
    { type: "function_call", name: "list", namespace: "mcp__files__", call_id: "call_1", arguments: "{}" },
    { type: "custom_tool_call", name: "apply_patch", call_id: "call_2", input: "*** Begin Patch" },
    { type: "local_shell_call", call_id: "call_3", status: "completed", action: { type: "exec", command: ["ls"] } },
    { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "x" } },
    { type: "function_call_output", call_id: "call_1", output: [{ type: "input_text", text: "a.ts" }] },
    { type: "custom_tool_call_output", call_id: "call_2", output: "Success" },
    { type: "local_shell_call_output", call_id: "call_3", output: "a.ts" },
  ],
  tools: [
    { type: "function", name: "shell", description: "Runs", parameters, strict: false },
    {
      type: "custom",
      name: "apply_patch",
      description: "Edits",
      format: { type: "grammar", syntax: "lark", definition: GRAMMAR },
    },
    {
      type: "namespace",
      name: "mcp__files__",
      description: "Files",
      tools: [{ type: "function", name: "list", parameters }],
    },
    { type: "web_search", external_web_access: false },
    { type: "tool_search", execution: "client", description: "Finds", parameters },
  ],
  tool_choice: "auto",
  parallel_tool_calls: true,
  reasoning: { effort: "medium", summary: "auto" },
  store: false,
  include: ["reasoning.encrypted_content"],
  prompt_cache_key: "session-1",
  text: { verbosity: "low" },
  client_metadata: { "x-codex-installation-id": "1" },
  context_management: [{ type: "compaction", compact_threshold: 100_000 }],
};

const CALLS = [
  { id: "call_7", type: "function", function: { name: "mcp__files__list", arguments: '{"command":"x"}' } },
  { id: "call_8", type: "function", function: { name: "apply_patch", arguments: '{"input":"*** Begin\\nPatch"}' } },
  { id: "call_9", type: "function", function: { name: "shell", arguments: "" } },
];
const HEAD = { id: "chatcmpl-1", created: 1, model: "small" };
const WHOLE = json({
  ...HEAD,
  object: "chat.completion",
  choices: [
    { index: 0, message: { role: "assistant", content: null, tool_calls: CALLS }, finish_reason: "tool_calls" },
  ],
  usage: { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8 },
});
const STREAM: ScriptedResponse = {
  headers: { "content-type": "text/event-stream" },
  body: [
    ...CALLS.flatMap(({ function: called, ...call }, index) => [
      { index: 0, delta: { tool_calls: [{ index, ...call, function: { name: called.name, arguments: "" } }] } },
      ...[...called.arguments].map((text) => ({
        index: 0,
        delta: { tool_calls: [{ index, function: { arguments: text } }] },
      })),
    ]),
    { index: 0, delta: {}, finish_reason: "tool_calls" },
  ]
    .map((choice) => `data: ${JSON.stringify({ ...HEAD, object: "chat.completion.chunk", choices: [choice] })}\n\n`)
    .concat("data: [DONE]\n\n")
    .join(""),
};

const OUTPUT = [
  { type: "function_call", call_id: "call_7", name: "list", namespace: "mcp__files__", arguments: '{"command":"x"}' },
  { type: "custom_tool_call", call_id: "call_8", name: "apply_patch", input: "*** Begin\nPatch" },
  { type: "function_call", call_id: "call_9", name: "shell", arguments: "{}" },
];

describe("Codex CLI's body with its default settings", () => {
  test.each(UPSTREAMS)("is served by a target that is %s", async (upstream) => {
    const { request, script } = await startDialectGateway();
    script(HELLO[upstream]);
    const { status, text } = await request(upstream, "/v1/responses", BODY);
    expect([status, text]).toEqual([200, expect.stringContaining('"status":"completed"')]);
  });

  test("has functions for its namespaces and custom tools, and none for what runs at OpenAI", async () => {
    const { request, script } = await startDialectGateway();
    script(HELLO.openai);
    const { received } = await request("openai", "/v1/responses", BODY);
    const tools = received?.body.tools.map((tool: { function: object }) => tool.function);
    expect(tools).toMatchObject([
      { name: "shell", description: "Runs", parameters, strict: false },
      { name: "apply_patch", parameters: { required: ["input"], properties: { input: { type: "string" } } } },
      { name: "mcp__files__list", parameters },
      { name: "tool_search", description: "Finds", parameters },
    ]);
    expect(tools[1].description).toContain(GRAMMAR);
  });

  test("has its own calls and their results under the same names", async () => {
    const { request, script } = await startDialectGateway();
    script(HELLO.openai);
    const { received } = await request("openai", "/v1/responses", BODY);
    expect(received?.body.messages.slice(3)).toEqual([
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "call_1", type: "function", function: { name: "mcp__files__list", arguments: "{}" } },
          {
            id: "call_2",
            type: "function",
            function: { name: "apply_patch", arguments: '{"input":"*** Begin Patch"}' },
          },
          {
            id: "call_3",
            type: "function",
            function: { name: "local_shell", arguments: '{"type":"exec","command":["ls"]}' },
          },
        ],
      },
      { role: "tool", tool_call_id: "call_1", content: "a.ts" },
      { role: "tool", tool_call_id: "call_2", content: "Success" },
      { role: "tool", tool_call_id: "call_3", content: "a.ts" },
    ]);
  });

  test("gets calls under its own names, and its metadata lists the tools that were omitted", async () => {
    const { request, script } = await startDialectGateway();
    script(WHOLE);
    const { text } = await request("openai", "/v1/responses", { ...BODY, metadata: { mine: "1" } });
    const response = ModelResponse.parse(JSON.parse(text));
    expect(response.output).toMatchObject(OUTPUT);
    expect(response.output[0]).not.toHaveProperty("input");
    expect(response.output[1]).not.toHaveProperty("arguments");
    expect(response.metadata).toEqual({
      mine: "1",
      sluice_omitted_tools: "web_search",
      sluice_omitted_items: "web_search_call",
    });
  });

  const HOSTED = [
    "image_generation",
    "local_shell",
    "tool_search",
    "web_search",
    "web_search_2025_08_26",
    "web_search_preview",
    "web_search_preview_2025_03_11",
  ];
  /** Their calls are of earlier responses. */
  const CALLS = [...HOSTED, "code_interpreter", "computer", "file_search", "mcp"];

  test("has each type of tool or call that the model does not get in its metadata, streamed too", async () => {
    const { request, script } = await startDialectGateway();
    const body = {
      tools: HOSTED.map((type) => ({ type })),
      input: [...CALLS.map((type) => ({ type: `${type}_call`, id: "x" })), { role: "user", content: "Hi" }],
    };
    script(WHOLE);
    const whole = JSON.parse((await request("openai", "/v1/responses", body)).text);
    const omitted = {
      sluice_omitted_tools: HOSTED.join(", "),
      sluice_omitted_items: CALLS.map((type) => `${type}_call`).join(", "),
    };
    expect(whole.metadata).toEqual(omitted);
    script(STREAM);
    const { text } = await request("openai", "/v1/responses", { ...body, stream: true });
    const last = JSON.parse(eventsOf(text).at(-1) ?? "");
    expect([last.type, last.response.metadata]).toEqual(["response.completed", omitted]);
  });

  // Codex CLI does so for the models that it knows by name.
  test("may have its tools in an item of its input, and gets calls of them under its own names", async () => {
    const { request, script } = await startDialectGateway();
    script(WHOLE);
    const { tools, input, ...rest } = BODY;
    const item = { type: "additional_tools", id: "at_1", role: "developer", tools };
    const { received, text } = await request("openai", "/v1/responses", { ...rest, input: [item, ...input] });
    const { received: usual } = await request("openai", "/v1/responses", BODY);
    expect(received?.body).toEqual(usual?.body);
    expect(ModelResponse.parse(JSON.parse(text)).output).toMatchObject(OUTPUT);
  });

  test("is refused for a tool without a name in an item of its input, by that item", async () => {
    const { request } = await startDialectGateway();
    const item = { type: "additional_tools", role: "developer", tools: [{ type: "function" }] };
    const { status, text } = await request("openai", "/v1/responses", { input: [item] });
    expect([status, JSON.parse(text).error.param]).toEqual([400, "input[0].tools[0].name"]);
  });

  test("gets the same as a stream, with the events of custom tools", async () => {
    const { request, script } = await startDialectGateway();
    script(STREAM);
    const { text } = await request("openai", "/v1/responses", { ...BODY, stream: true });
    const events = eventsOf(text).map((data) => JSON.parse(data));
    expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { output: OUTPUT } });
    const items = events.filter(({ type }) => type === "response.output_item.done").map(({ item }) => item);
    expect(items.sort((one, other) => one.call_id.localeCompare(other.call_id))).toMatchObject(OUTPUT);
    const custom = events.filter(({ type }) => type.startsWith("response.custom_tool_call_input"));
    expect(custom.map(({ type, delta, input }) => [type, delta ?? input])).toEqual([
      ["response.custom_tool_call_input.delta", "*** Begin\nPatch"],
      ["response.custom_tool_call_input.done", "*** Begin\nPatch"],
    ]);
    expect(items[1].id).toMatch(/^ctc_/);
  });

  test("may name its tools in `tool_choice`, those of a namespace and custom ones too", async () => {
    const { request, script } = await startDialectGateway();
    script(HELLO.openai);
    const chosen = async (tool_choice: object) =>
      (await request("openai", "/v1/responses", { ...BODY, tool_choice })).received?.body;
    const forced = await chosen({ type: "custom", name: "apply_patch" });
    expect(forced.tool_choice).toEqual({ type: "function", function: { name: "apply_patch" } });
    const allowed = await chosen({
      type: "allowed_tools",
      mode: "auto",
      tools: [{ type: "namespace", name: "mcp__files__" }],
    });
    expect(allowed.tools.map((tool: { function: { name: string } }) => tool.function.name)).toEqual([
      "mcp__files__list",
    ]);
  });

  test.each([
    "required",
    { type: "web_search" },
    { type: "allowed_tools", mode: "required", tools: [{ type: "web_search" }] },
  ])("without any tool that can be served may not require one: %j", async (tool_choice) => {
    const { request } = await startDialectGateway();
    const body = { input: "Hi", tools: [{ type: "web_search" }], tool_choice };
    const { status, text } = await request("openai", "/v1/responses", body);
    expect([status, JSON.parse(text).error.param]).toEqual([400, "tool_choice"]);
  });

  test("may have names that are longer together than a function's may be", async () => {
    const { request, script } = await startDialectGateway();
    const tools = ["a", "b"].map((letter) => ({
      type: "namespace",
      name: "n".repeat(50),
      tools: [{ type: "function", name: `${"t".repeat(30)}_${letter}`, parameters }],
    }));
    script(HELLO.openai);
    const { received } = await request("openai", "/v1/responses", { input: "Hi", tools });
    const names = received?.body.tools.map((tool: { function: { name: string } }) => tool.function.name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[\w-]{1,64}$/);
  });
});
