import { describe, expect, test } from "vitest";
import { outbound } from "../../../test/dialect-cases.ts";
import { jsonOfWhole } from "../../../test/whole-json.ts";
import { openAiResponse as responseOf } from "./openai-response.ts";

const openAiResponse = (bytes: Buffer, fields = {}) => responseOf(bytes, outbound(fields)).bytes;
const jsonFrom = (bytes: Buffer) => jsonOfWhole(responseOf(bytes, outbound({})));

const response = (message: object, extra: object = {}) =>
  Buffer.from(
    JSON.stringify({ id: "chatcmpl-1", choices: [{ index: 0, message, finish_reason: "stop", ...extra }] }, null, 1),
  );

const CALLED = { name: "weather", arguments: '{"city":"Oslo"}' };

/** The choice that clients get of a message. */
const choiceOf = (message: object, extra: object = {}) => jsonFrom(response(message, extra)).choices[0];

describe("a whole response of OpenAI's dialect", () => {
  test("stays the very buffer when it is as OpenAI writes it, log probabilities and texts about its keys included", () => {
    const logprobs = { content: [{ token: "a", logprob: -1, bytes: [97], top_logprobs: [] }] };
    for (const bytes of [
      response({ role: "assistant", content: "Hi" }, { logprobs }),
      response({ role: "assistant", content: '{"content":[{"type":"text"}],"id":""}' }),
      response(
        { role: "assistant", content: null, tool_calls: [{ id: "c", type: "function", function: CALLED }] },
        { finish_reason: "tool_calls" },
      ),
      response({ role: "assistant", content: "Hi", tool_calls: [] }),
      Buffer.from('{"object":"list","data":[],"id":""}'),
      Buffer.from('not JSON, with "id":"" in it'),
    ])
      expect(openAiResponse(bytes)).toBe(bytes);
  });

  test("has its text as a text, and its thinking beside it, where a server sends a list of parts", () => {
    const content = [
      { type: "thinking", thinking: [{ type: "text", text: "Hm." }] },
      { type: "text", text: "a" },
      { type: "reference", reference_ids: [1] },
      { type: "text", text: "b" },
    ];
    expect(jsonFrom(response({ role: "assistant", content })).choices[0].message).toEqual({
      role: "assistant",
      content: "ab",
      reasoning_content: "Hm.",
    });
  });

  test.each([
    ["calls without an id", { content: "Hi", tool_calls: [{ function: CALLED }] }],
    ["a list of parts", { content: [{ type: "text", text: "a" }] }],
    ["neither", { content: "Hi", tool_calls: [] }],
    ["log probabilities", { content: "Hi", logprobs: { content: [{ token: "a" }] } }],
  ])("is corrected in the same way whether it is short or long (%s)", (_, message) => {
    const reasoning = "x".repeat(10_000);
    const short = choiceOf({ role: "assistant", ...message, reasoning: "" });
    const long = choiceOf({ role: "assistant", ...message, reasoning });
    expect(long).toEqual({ ...short, message: { ...short.message, reasoning } });
  });

  test("has an id for each call that came with an empty one", () => {
    const calls = [{ id: "" }, { id: "mine" }, { id: "" }].map((call) => ({ ...call, function: CALLED }));
    const json = jsonFrom(response({ role: "assistant", content: null, tool_calls: calls }));
    const ids = json.choices[0].message.tool_calls.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(["call_chatcmpl-1_0", "mine", "call_chatcmpl-1_2"]);
  });

  test("has an id for each call that came without one, or with that of another", () => {
    const tool_calls = [{ function: CALLED }, { id: "c", function: CALLED }, { id: "c", function: CALLED }];
    expect(choiceOf({ role: "assistant", tool_calls }).message.tool_calls).toEqual([
      { id: "call_chatcmpl-1_0", type: "function", function: CALLED },
      { id: "c", type: "function", function: CALLED },
      { id: "call_chatcmpl-1_2", type: "function", function: CALLED },
    ]);
  });

  test.each([undefined, null, "", " "])("has an empty object for a call whose arguments are %j", (json) => {
    const call = { id: "c", type: "function", function: { name: "list", arguments: json } };
    const { message } = choiceOf({ role: "assistant", tool_calls: [call] });
    expect(message.tool_calls[0].function).toEqual({ name: "list", arguments: "{}" });
  });

  test("has arguments as text where a server sends the object itself", () => {
    const call = { id: "c", type: "function", function: { name: "weather", arguments: { city: "Oslo" } } };
    const { message } = choiceOf({ role: "assistant", tool_calls: [call] });
    expect(message.tool_calls[0].function.arguments).toBe('{"city":"Oslo"}');
  });

  test("leaves the input of a custom tool's call as it is", () => {
    const call = { id: "c", type: "custom", custom: { name: "patch", input: "" } };
    const { message } = choiceOf({ role: "assistant", tool_calls: [call] });
    expect(message.tool_calls).toEqual([call]);
  });

  test.each([
    ["stop", "tool_calls"],
    ["length", "length"],
    ["content_filter", "content_filter"],
  ])("that has calls and ends with %s ends with %s", (reason, expected) => {
    const call = { id: "c", type: "function", function: CALLED };
    expect(choiceOf({ tool_calls: [call] }, { finish_reason: reason }).finish_reason).toBe(expected);
  });
});

describe("a call in the form that came before tool_calls", () => {
  const message = { role: "assistant", content: null, function_call: CALLED };

  test("is a tool call, and the end is that of tool calls", () => {
    const choice = choiceOf(message, { finish_reason: "function_call" });
    expect(choice.finish_reason).toBe("tool_calls");
    expect(choice.message).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [{ id: "call_chatcmpl-1_0", type: "function", function: CALLED }],
    });
  });

  test("stays as it is for a client that sent `functions`, which knows no other form", () => {
    const bytes = response(message, { finish_reason: "function_call" });
    expect(openAiResponse(bytes, { functions: [{ name: "weather" }] })).toBe(bytes);
  });
});

describe("a whole response that no client could use", () => {
  test.each([
    { role: "assistant", tool_calls: [{ id: "c", type: "function", function: { arguments: "{}" } }] },
    { role: "assistant", tool_calls: [{ id: "c", type: "function", function: { name: "", arguments: "{}" } }] },
    { role: "assistant", tool_calls: [{ id: "c", type: "function" }] },
    { role: "assistant", function_call: { arguments: "{}" } },
  ])("is the provider's error: a call without a name in %j", (message) => {
    expect(() => choiceOf(message)).toThrow(expect.objectContaining({ code: "upstream_error" }));
  });
});

describe("the id of a whole response", () => {
  test.each(['"id":"",', '"id":"chatcmpl-",', '"id":null,', ""])("is made where the server sends %s", (id) => {
    const choices = '"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]';
    const ids = [1, 2].map(() => jsonFrom(Buffer.from(`{${id}${choices}}`)).id);
    for (const made of ids) expect(made).toMatch(/^chatcmpl-[0-9a-f]{32}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test("stays where it is not the first field", () => {
    const bytes = Buffer.from('{"object":"chat.completion","id":"mine","choices":[{"index":0,"message":{}}]}');
    expect(openAiResponse(bytes)).toBe(bytes);
  });
});

describe("the usage of a whole response", () => {
  const withUsage = (usage: string) =>
    Buffer.from(response({ content: "Hi" }).toString().replace(/\}$/, `,"usage":${usage}}`));

  test.each([
    '{"prompt_tokens":-1,"completion_tokens":2}',
    '{"prompt_tokens":7,"completion_tokens":1e300}',
    '{"prompt_tokens":7,"completion_tokens":"2"}',
    '{"prompt_tokens":7,"completion_tokens":9007199254740993}',
    '{"prompt_tokens":NaN,"completion_tokens":2}',
    '{"prompt_tokens":7,"completion_tokens":2,"total_tokens":-9}',
    '{"prompt_tokens":7,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":-4}}',
    "{}",
    '"seven"',
    "[7,2]",
  ])("is the estimate that is paid where the server sends %s", (usage) => {
    const { choices, usage: seen } = jsonFrom(withUsage(usage));
    expect(choices[0].message).toEqual({ content: "Hi" });
    expect(seen).toEqual({ prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 });
  });

  test.each([
    "null",
    '{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"cost":0.0012,"prompt_tokens_details":null}',
    '{"prompt_tokens":7,"completion_tokens":2,"completion_tokens_details":{"reasoning_tokens":0}}',
  ])("stays %s", (usage) => {
    const bytes = withUsage(usage);
    expect(openAiResponse(bytes)).toBe(bytes);
  });
});
