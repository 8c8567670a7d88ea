import { describe, expect, test } from "vitest";
import { type Exchange, messagesOf } from "./chat-messages.ts";

const CALL = { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Bonn"}' } } as const;
const turn = (fields: Partial<Exchange>): Exchange => ({
  prompt: "",
  images: [],
  results: [],
  text: "",
  toolCalls: [],
  ...fields,
});
const requested = turn({ prompt: "Rain?", toolCalls: [CALL] });
const result = { callId: "call_1", content: "dry" };

describe("the messages of a conversation", () => {
  test("have a call with its result, as the service wants them in one request", () => {
    expect(messagesOf([requested, turn({ results: [result] })], true)).toEqual([
      { role: "user", content: "Rain?" },
      { role: "assistant", content: null, tool_calls: [CALL] },
      { role: "tool", tool_call_id: "call_1", content: "dry" },
    ]);
  });

  test("have no call whose result was not entered, and no prompt without an answer", () => {
    expect(messagesOf([requested, turn({ prompt: "Never mind." })], true)).toEqual([
      { role: "user", content: "Never mind." },
    ]);
    const withText = { ...requested, text: "Let me look." };
    expect(messagesOf([withText, turn({ prompt: "Well?" })], true)).toEqual([
      { role: "user", content: "Rain?" },
      { role: "assistant", content: "Let me look." },
      { role: "user", content: "Well?" },
    ]);
  });

  test("lose the call too where the request with its result failed", () => {
    expect(messagesOf([requested, turn({ results: [result] }), turn({ prompt: "Again" })], true)).toEqual([
      { role: "user", content: "Again" },
    ]);
  });

  test("have pictures after the text of their prompt", () => {
    const url = "data:image/png;base64,AAAA";
    const seen = turn({ prompt: "What is it?", images: [{ name: "a.png", url }], text: "A dot." });
    expect(messagesOf([seen])).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "What is it?" },
          { type: "image_url", image_url: { url } },
        ],
      },
      { role: "assistant", content: "A dot." },
    ]);
  });
});
