import { describe, expect, test } from "vitest";
import { ENDPOINTS } from "../../endpoints/endpoints.ts";
import { checkWhole } from "./check-response.ts";

const whole = (operation: keyof typeof ENDPOINTS, text: string) => () => {
  const { generation } = ENDPOINTS[operation];
  checkWhole(Buffer.from(text), generation?.isWhole ?? (() => false));
};

describe("a provider's whole response", () => {
  test.each([
    ["createChatCompletion", '{"choices":[{"index":0}],"error":null}'],
    ["createCompletion", '{"choices":[{"index":0}]}'],
    ["createEmbedding", '{"object":"list","data":[]}'],
  ] as const)("to %s can be %s", (operation, text) => {
    expect(whole(operation, text)).not.toThrow();
  });

  test.each(["", "{", '{"choices":[', "<html>", "[]", "null", '{"content":[]}'])("%j is none", (text) => {
    expect(whole("createChatCompletion", text)).toThrow("upstream malformed");
    expect(whole("createEmbedding", text)).toThrow("upstream malformed");
  });

  test("of another endpoint is none", () => {
    expect(whole("createChatCompletion", '{"object":"list","data":[]}')).toThrow("upstream malformed");
    expect(whole("createEmbedding", '{"choices":[]}')).toThrow("upstream malformed");
  });

  test.each([
    '{"error":{"message":"x"}}',
    '{"choices":[],"error":{"code":502,"message":"x"},"usage":{"prompt_tokens":1}}',
    '{"choices":[{"message":{"content":"par"},"finish_reason":"error","error":{"code":502}}]}',
    '{"choices":[{"message":{"content":"par"},"finish_reason":"error"}]}',
  ])("%j is a failure", (text) => {
    expect(whole("createChatCompletion", text)).toThrow("upstream failed");
  });

  test("without a choice is none", () => {
    expect(whole("createChatCompletion", '{"choices":[]}')).toThrow("upstream malformed");
    expect(whole("createCompletion", '{"choices":[]}')).toThrow("upstream malformed");
  });
});
