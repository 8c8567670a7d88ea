import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GatewayError } from "../../core/gateway-error.ts";
import { openAiProblem } from "../../dialects/providers/openai/openai.ts";
import { ENDPOINTS } from "../../endpoints/endpoints.ts";
import { checkFirstEvents, checkWhole } from "./check-response.ts";

const begin = (text: string) => () => checkFirstEvents(Buffer.from(text), "text/event-stream", openAiProblem);

describe("the beginning of a provider's stream", () => {
  test.each(['data: {"id":1}', ": ping\n\n", "event: x\ndata: 1", "\r\n\ndata: 1", "da", "id: 1", "retry: 5"])(
    "%j may be one",
    (text) => {
      expect(begin(text)).not.toThrow();
    },
  );

  test.each(["<!doctype html>", '{"choices":[]}', "dada", "date: 1", "d:"])("%j is none", (text) => {
    expect(begin(text)).toThrow("upstream malformed");
  });

  test.each([
    'data: {"error":{"message":"x"}}\n\n',
    'event: error\ndata: {"error":"x"}\n\n',
    'event: error\r\ndata: {"type":"error","error":{"type":"overloaded_error"}}\r\n\r\n',
    ': PROCESSING\n\n: PROCESSING\n\ndata: {"id":"1","error":{"code":502},"choices":[]}\n\n',
    'data: {"object":"error","message":"out of memory"}\n\n',
    "data: {no JSON\n\n",
  ])("%j is a failure", (text) => {
    expect(begin(text)).toThrow("upstream failed");
  });

  test.each([
    ['data: {"error":{"message":"filtered","code":"content_filter"}}\n\n', "filtered"],
    ['event: error\ndata: {"error":{"message":"maximum context length is 9"}}\n\n', "maximum context length is 9"],
  ])("%j refuses the prompt, which another target is not tried with", (text, message) => {
    expect(begin(text)).toThrow(GatewayError);
    expect(begin(text)).toThrow(message);
  });

  test("any cut of a good beginning is good", () => {
    const text = 'data: {"id":"1"}\n\n';
    void fc.assert(
      fc.property(fc.integer({ min: 1, max: text.length }), (end) => {
        expect(begin(text.slice(0, end))).not.toThrow();
      }),
    );
  });

  test("frames of another kind are left to their dialect", () => {
    expect(() =>
      checkFirstEvents(Buffer.from([0, 0, 0, 1]), "application/vnd.amazon.eventstream", openAiProblem),
    ).not.toThrow();
  });
});

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
