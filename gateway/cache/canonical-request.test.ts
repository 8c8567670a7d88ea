import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, canonicalRequest } from "./canonical-request.ts";

/** The same value with the fields of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, shuffled(field)]),
  );
}

describe("the canonical form of a request", () => {
  test("is the same for every order of fields, at every depth, and another one for every other value", () => {
    void fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(canonicalJson(shuffled(a))).toBe(canonicalJson(a));
        // Back and forth through JSON, so that -0 and 0 are one.
        const [first, second] = [a, b].map((value) => JSON.parse(JSON.stringify(value)));
        expect(JSON.parse(canonicalJson(first))).toEqual(first);
        expect(canonicalJson(first) === canonicalJson(second)).toBe(
          JSON.stringify(sorted(first)) === JSON.stringify(sorted(second)),
        );
      }),
    );
  });

  test.each([
    [{ n: 1, stop: null, logprobs: false, echo: false, presence_penalty: 0, user: "a", stream: true }, {}],
    [{ stream_options: { include_usage: true }, metadata: { a: "b" }, store: true, service_tier: "auto" }, {}],
    [{ model: "tiny" }, { model: "alias" }],
    [{ max_completion_tokens: 5 }, { max_tokens: 5 }],
    [{ max_completion_tokens: 5, max_tokens: null }, { max_tokens: 5 }],
  ])("%j is equivalent to %j", (a, b) => {
    expect(canonicalRequest({ prompt: "Once", ...a })).toBe(canonicalRequest({ prompt: "Once", ...b }));
  });

  test.each([
    [{ n: 2 }, {}],
    [{ n: "1" }, {}],
    [{ top_p: 0.9 }, {}],
    [{ top_p: 1 }, {}],
    [{ repetition_penalty: 1 }, {}],
    [{ seed: 0 }, {}],
    [{ logprobs: true }, {}],
    [{ max_completion_tokens: 5, max_tokens: 6 }, { max_tokens: 6 }],
    [{ stop: ["a", "b"] }, { stop: ["b", "a"] }],
    [{ prompt: "Once " }, {}],
    [{ anything_new: false }, {}],
  ])("%j is not equivalent to %j", (a, b) => {
    expect(canonicalRequest({ prompt: "Once", ...a })).not.toBe(canonicalRequest({ prompt: "Once", ...b }));
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .map(([name, field]) => [name, sorted(field)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    .concat([["", "object"]]);
}
