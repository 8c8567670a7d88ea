import { describe, expect, test } from "vitest";
import { OPENAI_DIALECT } from "../../dialects/providers/openai/openai.ts";
import { ENDPOINTS } from "../../endpoints/endpoints.ts";
import { outbound } from "../../test/dialect-cases.ts";
import { wholeResponse } from "./check-response.ts";

type Fields = Readonly<Record<string, unknown>>;

const whole =
  (operation: keyof typeof ENDPOINTS, text: string, requested: Fields = {}) =>
  () => {
    const { generation } = ENDPOINTS[operation];
    const request = outbound(requested);
    const { route = request.generation.route, isWhole = () => false } = generation ?? {};
    const own = { ...request, generation: { ...request.generation, route } };
    wholeResponse(OPENAI_DIALECT, Buffer.from(text), own, isWhole);
  };

const choice = (fields: Fields) =>
  JSON.stringify({ id: "c", choices: [{ index: 0, finish_reason: "stop", ...fields }] });
const message = (fields: Fields) => choice({ message: { role: "assistant", ...fields } });
const called = { id: "t", type: "function", function: { name: "f", arguments: "{}" } };

describe("a whole response", () => {
  test.each([
    ["createChatCompletion", '{"choices":[{"index":0,"message":{"content":null}}],"error":null}'],
    ["createChatCompletion", message({ content: "Hi", refusal: null, tool_calls: null, function_call: null })],
    ["createChatCompletion", message({ content: [{ type: "text", text: "Hi" }], tool_calls: [] })],
    [
      "createChatCompletion",
      message({ tool_calls: [called, { id: "u", type: "custom", custom: { name: "g", input: "" } }] }),
    ],
    ["createCompletion", '{"choices":[{"index":0,"text":""}]}'],
    ["tokenize", '{"count":2,"max_model_len":9,"tokens":[1,2]}'],
    ["detokenize", '{"prompt":""}'],
    ["createModeration", '{"id":"m","results":[{"flagged":false,"categories":{}}]}'],
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
    expect(whole("createChatCompletion", choice({ text: "Hi" }))).toThrow("upstream malformed");
    expect(whole("createCompletion", message({ content: "Hi" }))).toThrow("upstream malformed");
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

  test.each([
    ["a choice that is null", '{"id":"c","choices":[null]}'],
    ["a choice that is a number", '{"id":"c","choices":[3]}'],
    ["a second choice that is null", message({ content: "Hi" }).replace("]}", ",null]}")],
    ["no message", choice({})],
    ["a message that is a text", choice({ message: "Hi" })],
    ["a content that is a number", message({ content: 5 })],
    ["a content that is an object", message({ content: { text: "Hi" } })],
    ["a refusal that is an object", message({ refusal: {} })],
    ["calls that are an object", message({ tool_calls: {} })],
    ["a call that is null", message({ tool_calls: [null] })],
    ["a call without a name", message({ tool_calls: [{ id: "t", function: { arguments: "{}" } }] })],
    ["arguments that are a number", message({ tool_calls: [{ id: "t", function: { name: "f", arguments: 3 } }] })],
    ["arguments that are a list", message({ tool_calls: [{ id: "t", function: { name: "f", arguments: ["a"] } }] })],
    ["a function call that is a text", message({ function_call: "f" })],
    ["a finish reason that is a number", choice({ message: { content: "Hi" }, finish_reason: 1 })],
    ["65 levels", message({ content: "Hi" }).replace("{", `{"x":${"[".repeat(65)}${"]".repeat(65)},`)],
  ])("of chat completions that has %s is malformed", (_, text) => {
    expect(whole("createChatCompletion", text)).toThrow("upstream malformed");
  });

  test.each([{}, { text: null }, { text: 5 }, { text: ["Hi"] }])(
    "of completions with %j for a choice is malformed",
    (fields) => {
      expect(whole("createCompletion", choice(fields))).toThrow("upstream malformed");
    },
  );

  test.each([
    ["createModeration", '{"results":[]}'],
    ["createModeration", '{"results":[null]}'],
    ["createModeration", '{"results":[{}]}'],
    ["tokenize", '{"count":1,"tokens":["a"]}'],
    ["tokenize", '{"count":"1"}'],
    ["detokenize", '{"prompt":null}'],
  ] as const)("to %s that is %s is malformed", (operation, text) => {
    expect(whole(operation, text)).toThrow("upstream malformed");
  });
});

describe("a whole response of embeddings", () => {
  const vectors = (...embeddings: readonly unknown[]) =>
    JSON.stringify({ object: "list", data: embeddings.map((embedding, index) => ({ index, embedding })) });

  test.each([
    ["a", [[0.1]]],
    ["a", ["zczMPQ=="]],
    [
      ["a", "b"],
      [[0.1], [0.2]],
    ],
    [[1, 2, 3], [[0.1]]],
    [
      [[1], [2, 3]],
      [[0.1], [0.2]],
    ],
  ])("of the input %j can have the vectors %j", (input, embeddings) => {
    expect(whole("createEmbedding", vectors(...embeddings), { input })).not.toThrow();
  });

  test.each([
    ["a", []],
    ["a", [[]]],
    ["a", [""]],
    ["a", [["x"]]],
    ["a", [[null]]],
    ["a", [undefined]],
    ["a", [[0.1], [0.2]]],
    [["a", "b"], [[0.1]]],
    [
      [1, 2],
      [[0.1], [0.2]],
    ],
  ])("of the input %j with the vectors %j is malformed", (input, embeddings) => {
    expect(whole("createEmbedding", vectors(...embeddings), { input })).toThrow("upstream malformed");
  });

  test("with an entry that is null is malformed", () => {
    expect(whole("createEmbedding", '{"object":"list","data":[null]}', { input: "a" })).toThrow("upstream malformed");
  });
});
