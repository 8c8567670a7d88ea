import { expect, test } from "vitest";
import { findUsage } from "./usage.ts";

const find = (text: string) => findUsage(Buffer.from(text));

// documented: usage-from-stream
test("finds vLLM's usage at the end of a response", () => {
  const response =
    '{"id":"x","choices":[],"usage":{"prompt_tokens":5,"total_tokens":9,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":2}},"kv_transfer_params":null}';
  expect(find(response)).toEqual({ promptTokens: 5, completionTokens: 4, cachedTokens: 2 });
});

test("finds usage that is written with white space", () => {
  expect(find('{ "usage" : \n { "prompt_tokens": 1, "completion_tokens": 2 } }')).toEqual({
    promptTokens: 1,
    completionTokens: 2,
  });
});

test("is not misled by generated text that looks like usage", () => {
  const text = JSON.stringify({
    choices: [{ text: 'say "usage":{"prompt_tokens":99,"completion_tokens":99}' }],
    usage: { prompt_tokens: 3, completion_tokens: 7 },
    extra: 'and "usage":{"prompt_tokens":99}',
  });
  expect(find(text)).toEqual({ promptTokens: 3, completionTokens: 7 });
});

test("is not misled by a token called usage among the logprobs", () => {
  expect(find('{"usage":{"prompt_tokens":3,"completion_tokens":1},"logprobs":{"usage":-0.5,"token":"usage"}}')).toEqual(
    { promptTokens: 3, completionTokens: 1 },
  );
});

test("a brace in a string does not end the object early", () => {
  expect(find('{"usage":{"note":"}\\"}","prompt_tokens":3,"completion_tokens":1}}')).toEqual({
    promptTokens: 3,
    completionTokens: 1,
  });
});

test.each([
  "",
  "{}",
  '{"usage":null}',
  '{"usage":{"prompt_tokens":1',
  '{"usage":{"prompt_tokens":"many"}}',
  '{"usage":[]}',
])("%j has no usage", (text) => {
  expect(find(text)).toBeUndefined();
});
