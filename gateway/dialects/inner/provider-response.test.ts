import { expect, test } from "vitest";
import { finishReasonOf, usageOf } from "./provider-response.ts";

test("an unknown finish reason, or the name of an object's own method, becomes stop", () => {
  const words = { max_tokens: "length" } as const;
  const reasons = ["max_tokens", "new_word", "toString", 3, undefined].map((word) => finishReasonOf(words, word));
  expect(reasons).toEqual(["length", "stop", "stop", "stop", "stop"]);
});

test("what came from a cache, and went there, is part of the prompt", () => {
  expect(usageOf({ input: 4, cacheRead: 50, cacheWritten: 20, output: 3 })).toEqual({
    prompt_tokens: 74,
    completion_tokens: 3,
    total_tokens: 77,
    prompt_tokens_details: { cached_tokens: 50, cache_write_tokens: 20 },
  });
  expect(usageOf({ input: 4, cacheRead: null, cacheWritten: -1, output: undefined })?.total_tokens).toBe(4);
});

test.each([undefined, null, "4", -1, 0.5, 2e9])(
  "a prompt of %j tokens, or so long a completion, is no usage",
  (count) => {
    const counts = { input: 4, cacheRead: 0, cacheWritten: 0, output: 3 };
    expect(usageOf({ ...counts, input: count })).toBeUndefined();
    if (count != null) expect(usageOf({ ...counts, output: count })).toBeUndefined();
  },
);
