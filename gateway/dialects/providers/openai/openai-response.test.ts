import { describe, expect, test } from "vitest";
import { openAiResponse } from "./openai-response.ts";

const response = (message: object, extra: object = {}) =>
  Buffer.from(
    JSON.stringify({ id: "chatcmpl-1", choices: [{ index: 0, message, finish_reason: "stop", ...extra }] }, null, 1),
  );

const CALLED = { name: "weather", arguments: '{"city":"Oslo"}' };

/** The choice that clients get of a message. */
const choiceOf = (message: object, extra: object = {}) =>
  JSON.parse(openAiResponse(response(message, extra)).toString()).choices[0];

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
    expect(JSON.parse(openAiResponse(response({ role: "assistant", content })).toString()).choices[0].message).toEqual({
      role: "assistant",
      content: "ab",
      reasoning_content: "Hm.",
    });
  });

  test("has an id for each call that came with an empty one", () => {
    const calls = [{ id: "" }, { id: "mine" }, { id: "" }];
    const bytes = openAiResponse(response({ role: "assistant", content: null, tool_calls: calls }));
    const ids = JSON.parse(bytes.toString()).choices[0].message.tool_calls.map(({ id }: { id: string }) => id);
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
