import { describe, expect, test } from "vitest";
import { CallNumbers, madeCallId } from "./tool-calls.ts";

/** The first delta of a call has an id and a name. */
const delta = (index: number, id?: string) =>
  ({ kind: "tool", index, id, name: id === undefined ? undefined : "weather", arguments: "" }) as const;

describe("numbers of tool calls in a stream", () => {
  test("follow the order in which calls begin, whatever their indices are", () => {
    const numbers = new CallNumbers();
    expect([delta(3, "a"), delta(3), delta(1, "b"), delta(3), delta(1)].map((one) => numbers.of(one))).toEqual([
      0, 0, 1, 0, 1,
    ]);
  });

  test("separate calls at one index by their ids", () => {
    const numbers = new CallNumbers();
    expect([delta(0, "a"), delta(0), delta(0, "b"), delta(0)].map((one) => numbers.of(one))).toEqual([0, 0, 1, 1]);
  });

  test("stay the same where each delta repeats its id", () => {
    const numbers = new CallNumbers();
    expect([delta(0, "a"), delta(0, "a"), delta(1, "b"), delta(1, "b")].map((one) => numbers.of(one))).toEqual([
      0, 0, 1, 1,
    ]);
  });

  test("stay the same where a server makes up another id for each delta of a call", () => {
    const numbers = new CallNumbers();
    const next = { ...delta(0, "b"), name: undefined };
    expect([delta(0, "a"), next].map((one) => numbers.of(one))).toEqual([0, 0]);
  });
});

describe("an id made for a tool call", () => {
  test("differs between responses and between calls of one", () => {
    const ids = [madeCallId("chatcmpl-1", 0), madeCallId("chatcmpl-1", 1), madeCallId("chatcmpl-2", 0)];
    expect(new Set(ids).size).toBe(3);
  });

  test("has only characters that Anthropic allows, and at most 40 of them, as OpenAI takes", () => {
    for (const id of ["resp:1/é", "x".repeat(500), "", undefined])
      expect(madeCallId(id, 12)).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
  });
});
