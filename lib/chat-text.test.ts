import { describe, expect, test } from "vitest";
import { contentText, streamedText } from "./chat-text.ts";

describe("the text of a streamed answer", () => {
  test.each([
    [{ choices: [{ delta: { content: "a" } }] }, "a"],
    [{ choices: [{ text: "b" }] }, "b"],
    [{ type: "content_block_delta", delta: { type: "text_delta", text: "c" } }, "c"],
    [{ type: "response.output_text.delta", delta: "d" }, "d"],
    [{ type: "response.reasoning_text.delta", delta: "thought" }, ""],
    [{ choices: [{ delta: { content: null, tool_calls: [] } }] }, ""],
    [{ choices: [] }, ""],
    ["[DONE]", ""],
    [undefined, ""],
  ])("of the event %j is %j", (event, text) => {
    expect(streamedText(event)).toBe(text);
  });
});

test("the text of a message is that of its parts, and empty where it has none", () => {
  expect(contentText("one")).toBe("one");
  expect(contentText([{ type: "text", text: "one" }, { type: "image_url", image_url: {} }, "two"])).toBe("one\ntwo");
  expect(contentText({ role: "tool", content: [{ text: "deep" }] })).toBe("deep");
  expect([null, 7, {}, []].map(contentText)).toEqual(["", "", "", ""]);
});
