import { describe, expect, test } from "vitest";
import { chat, completion, errorOf, post, startTestGateway } from "../../test/test-gateway.ts";

const CHAT = "/v1/chat/completions";
const MESSAGES = "/v1/messages";
const RESPONSES = "/v1/responses";

const HELLO = { role: "user", content: "Hello" };
const functionTool = (name: string) => ({ type: "function", function: { name, parameters: { type: "object" } } });
const chatCall = (id?: string) => ({
  role: "assistant",
  content: null,
  tool_calls: [{ ...(id === undefined ? {} : { id }), type: "function", function: { name: "look", arguments: "{}" } }],
});
const chatResult = (id?: string) => ({ role: "tool", content: "3", ...(id === undefined ? {} : { tool_call_id: id }) });

const message = (fields: object) => ({ model: "tiny", max_tokens: 9, messages: [HELLO], ...fields });
const messageTool = (name: string) => ({ name, input_schema: { type: "object" } });
const toolUse = { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "look", input: {} }] };
const toolResult = (id?: string) => ({
  role: "user",
  content: [{ type: "tool_result", tool_use_id: id, content: "3" }],
});

const response = (fields: object) => ({ model: "tiny", input: "Hello", ...fields });
const responseTool = (name: string) => ({ type: "function", name, parameters: { type: "object" } });
const functionCall = { type: "function_call", call_id: "c1", name: "look", arguments: "{}" };
const output = (id?: string, type = "function_call_output") => ({ type, call_id: id, output: "3" });

const LONG = "a".repeat(65);

/** Bodies that the published API refuses: path, body, the field, and what the message has. */
const REFUSED: readonly (readonly [string, object, string, RegExp])[] = [
  [
    CHAT,
    chat({ tools: [functionTool("look up")] }),
    "tools[0].function.name",
    /match .*, got a string of 7 characters; correct/,
  ],
  [
    CHAT,
    chat({ tools: [functionTool(LONG)] }),
    "tools[0].function.name",
    /at most 64 characters, got .*65.*; shorten it/,
  ],
  [CHAT, chat({ tools: [{ type: "custom", custom: { name: "a.b" } }] }), "tools[0].custom.name", /must match/],
  [CHAT, chat({ tools: [{ type: "film" }] }), "tools[0].type", /one of function, custom, got "film"; use one/],
  [CHAT, chat({ tool_choice: "required" }), "tool_choice", /beside `tools`, got "required"; add them/],
  [CHAT, chat({ tool_choice: "required", tools: [] }), "tool_choice", /beside `tools`/],
  [CHAT, chat({ tool_choice: functionTool("look") }), "tool_choice", /beside `tools`/],
  [
    CHAT,
    chat({ tools: [functionTool("look")], tool_choice: functionTool("see") }),
    "tool_choice.function.name",
    /one of `tools`/,
  ],
  [
    CHAT,
    chat({ tool_choice: { type: "film" } }),
    "tool_choice.type",
    /one of function, custom, allowed_tools, got "film"/,
  ],
  [CHAT, chat({ messages: [HELLO, chatResult("c1")] }), "messages[1].tool_call_id", /must be the id of a call/],
  [
    CHAT,
    chat({ messages: [HELLO, chatCall("c1"), chatResult("c2")] }),
    "messages[2].tool_call_id",
    /must be the id of a call/,
  ],
  [CHAT, chat({ messages: [HELLO, chatCall("c1"), chatResult()] }), "messages[2].tool_call_id", /is required/],
  [CHAT, chat({ messages: [HELLO, chatResult("c1"), chatCall("c1")] }), "messages[1].tool_call_id", /before it/],
  [
    CHAT,
    chat({ reasoning_effort: "enormous" }),
    "reasoning_effort",
    /one of none, minimal, .*, got "enormous"; use one/,
  ],
  [CHAT, chat({ top_logprobs: 3 }), "top_logprobs", /beside `logprobs: true`, got 3; add it/],
  [CHAT, chat({ top_logprobs: 3, logprobs: false }), "top_logprobs", /beside `logprobs: true`/],
  [MESSAGES, message({ tools: [messageTool("look up")] }), "tools[0].name", /must match/],
  [MESSAGES, message({ tools: [messageTool("a".repeat(129))] }), "tools[0].name", /at most 128/],
  [MESSAGES, message({ tools: [{ input_schema: {} }] }), "tools[0].name", /is required/],
  [
    MESSAGES,
    message({ tools: [messageTool("a"), messageTool("a")] }),
    "tools[1].name",
    /no other tool's, got "a" again; rename/,
  ],
  [MESSAGES, message({ tool_choice: { type: "any" } }), "tool_choice", /beside `tools`, got type "any"/],
  [
    MESSAGES,
    message({ tools: [messageTool("a")], tool_choice: { type: "tool", name: "b" } }),
    "tool_choice.name",
    /got "b"/,
  ],
  [MESSAGES, message({ tools: [messageTool("a")], tool_choice: { type: "tool" } }), "tool_choice.name", /is required/],
  [MESSAGES, message({ messages: [HELLO, toolResult("t1")] }), "messages[1].content[0].tool_use_id", /got "t1"; send/],
  [
    MESSAGES,
    message({ messages: [HELLO, toolUse, toolResult()] }),
    "messages[2].content[0].tool_use_id",
    /is required/,
  ],
  [MESSAGES, message({ thinking: { type: "on" } }), "thinking.type", /one of enabled, disabled, .*, got "on"; use one/],
  [
    MESSAGES,
    message({ output_config: { effort: "enormous" } }),
    "output_config.effort",
    /one of low, .*, got "enormous"/,
  ],
  [
    MESSAGES,
    message({ messages: [{ role: "user", content: [{ type: "film" }] }] }),
    "messages[0].content[0].type",
    /got "film"; send/,
  ],
  ["/v1/messages/count_tokens", message({ tools: [messageTool("a"), messageTool("a")] }), "tools[1].name", /rename/],
  [RESPONSES, response({ tools: [responseTool("look up")] }), "tools[0].name", /got "look up"; rename/],
  [
    RESPONSES,
    response({ tools: [{ type: "namespace", name: "n", tools: [responseTool("é")] }] }),
    "tools[0].tools[0].name",
    /rename/,
  ],
  [RESPONSES, response({ tool_choice: "required" }), "tool_choice", /got "required"; add one/],
  [RESPONSES, response({ tool_choice: { type: "function", name: "a" } }), "tool_choice", /got "function"; add one/],
  [
    RESPONSES,
    response({ tools: [responseTool("a")], tool_choice: { type: "function", name: "b" } }),
    "tool_choice.name",
    /got "b"; correct/,
  ],
  [
    RESPONSES,
    response({ tools: [responseTool("a")], tool_choice: { type: "film" } }),
    "tool_choice.type",
    /got "film"; correct/,
  ],
  [RESPONSES, response({ input: [output("c1")] }), "input[0].call_id", /got "c1"; send the call too/],
  [
    RESPONSES,
    response({ input: [functionCall, output("c2", "custom_tool_call_output")] }),
    "input[1].call_id",
    /got "c2"/,
  ],
  [
    RESPONSES,
    response({ input: [{ type: "film" }] }),
    "input[0].type",
    /must be message, .*, got "film"; send messages/,
  ],
  [
    RESPONSES,
    response({ input: [{ role: "user", content: [{ type: "film" }] }] }),
    "input[0].content[0].type",
    /got "film"; send/,
  ],
  [RESPONSES, response({ reasoning: { effort: "enormous" } }), "reasoning.effort", /one of none, .*, got "enormous"/],
  ["/tokenize", { model: "tiny" }, "prompt", /is required, and must be a string unless there are `messages`; add it/],
  [
    "/tokenize",
    { model: "tiny", prompt: "a", messages: [HELLO] },
    "prompt",
    /not stand beside `messages`, got .*; send one/,
  ],
  ["/detokenize", { model: "tiny" }, "tokens", /is required, and must be an array; add it/],
  ["/detokenize", { model: "tiny", tokens: "abc" }, "tokens", /must be an array, got "abc"; send that type/],
  ["/detokenize", { model: "tiny", tokens: ["a"] }, "tokens[0]", /must be a number, got "a"; send that type/],
  ["/detokenize", { model: "tiny", tokens: [1, -1] }, "tokens[1]", /got -1; /],
  ["/v1/embeddings", { model: "tiny", input: [] }, "input", /must have at least 1 item, got an array of 0; send more/],
  ["/v1/embeddings", { model: "tiny", input: "" }, "input", /must have at least 1 character, got .*; send more/],
  ["/v1/embeddings", { model: "tiny", input: [5, "a"] }, "input[1]", /must be .*, got .*; send/],
  ["/v1/completions", completion({ seed: 1.5 }), "seed", /must be a whole number, got 1.5; round it/],
];

/** Bodies that the published API takes, odd as some are. */
const TAKEN: readonly (readonly [string, object])[] = [
  [CHAT, chat({ tools: [functionTool("a"), functionTool("a")] })],
  [CHAT, chat({ tool_choice: "auto" })],
  [CHAT, chat({ tool_choice: "none", tools: [] })],
  [CHAT, chat({ top_logprobs: 0 })],
  [CHAT, chat({ messages: [HELLO, chatCall("c1"), chatResult("c1"), HELLO, chatResult("c1")] })],
  [CHAT, chat({ messages: [HELLO, chatCall(), chatResult("any")] })],
  [CHAT, chat({ reasoning_effort: null })],
  [MESSAGES, message({ tools: [messageTool("a".repeat(128))] })],
  [MESSAGES, message({ tool_choice: { type: "auto" } })],
  [MESSAGES, message({ messages: [HELLO, toolUse, HELLO, toolResult("t1")] })],
  [MESSAGES, message({ thinking: { type: "adaptive" } })],
  [
    RESPONSES,
    response({ tools: [responseTool("a".repeat(128))], tool_choice: { type: "function", name: "a".repeat(128) } }),
  ],
  [RESPONSES, response({ input: [output("c1"), functionCall] })],
  [RESPONSES, response({ tools: [responseTool("a"), responseTool("a")], tool_choice: "required" })],
];

describe("what a published API refuses of tools and kinds", () => {
  test.each(REFUSED)("%s refuses %j at %s", async (path, body, param, words) => {
    const { url, engines } = await startTestGateway();
    const refused = await post(url, path, body);
    expect(refused.status).toBe(400);
    const { error } = (await refused.json()) as {
      error: { message: string; param?: string; details?: { param?: string } };
    };
    expect(error.param ?? error.details?.param).toBe(param);
    expect(error.message).toMatch(words);
    expect(error.message).toContain(`\`${param}\``);
    expect(engines[0]?.received).toEqual([]);
  });

  test.each(TAKEN)("%s takes %j", async (path, body) => {
    const { url } = await startTestGateway();
    expect((await post(url, path, body)).status).toBe(200);
  });

  test("tokens are counted of a part of a conversation: a result without its call", async () => {
    const { url } = await startTestGateway();
    const body = { model: "tiny", messages: [toolResult("t1")] };
    expect((await post(url, "/v1/messages/count_tokens", body)).status).toBe(200);
  });

  test("a problem with a word for a kind has it, and one with a text has its length", async () => {
    const { url } = await startTestGateway();
    const refused = await post(url, CHAT, chat({ response_format: { type: "a text of the user" } }));
    const { message } = await errorOf(refused, 400, "invalid_request");
    expect(message).toMatch(/got a string of 18 characters/);
  });
});
