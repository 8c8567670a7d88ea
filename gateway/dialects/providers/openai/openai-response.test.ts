import { describe, expect, test } from "vitest";
import { openAiResponse } from "./openai-response.ts";

const response = (message: object, extra: object = {}) =>
  Buffer.from(
    JSON.stringify({ id: "chatcmpl-1", choices: [{ index: 0, message, finish_reason: "stop", ...extra }] }, null, 1),
  );

describe("a whole response of OpenAI's dialect", () => {
  test("stays the very buffer when it is as OpenAI writes it, log probabilities and texts about its keys included", () => {
    const logprobs = { content: [{ token: "a", logprob: -1, bytes: [97], top_logprobs: [] }] };
    for (const bytes of [
      response({ role: "assistant", content: "Hi" }, { logprobs }),
      response({ role: "assistant", content: '{"content":[{"type":"text"}],"id":""}' }),
      response({ role: "assistant", content: null, tool_calls: [{ id: "c", type: "function", function: {} }] }),
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
});
