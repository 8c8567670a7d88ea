import { expect, test } from "vitest";
import { problemsOf } from "./expectation.ts";
import { Scenario } from "./scenario.ts";

const scenario = (expected: Scenario["expect"]) => Scenario.parse({ id: "a", call: "chat", expect: expected });

test("a result that meets the expectation has no problem", () => {
  const wanted = scenario({ text: "^He", finish: ["stop"], usage: true, choices: 1, chunks: 2 });
  const result = {
    id: "a",
    text: "Hello",
    finish: "stop",
    promptTokens: 1,
    completionTokens: 2,
    choices: 1,
    chunks: 2,
  };
  expect(problemsOf(wanted, result)).toEqual([]);
});

// documented: sdk-expectations
test("each difference from the expectation is a problem", () => {
  const wanted = scenario({
    text: "^He",
    finish: ["stop"],
    usage: true,
    choices: 2,
    chunks: 2,
    vectors: 1,
    logprobs: true,
  });
  expect(problemsOf(wanted, { id: "a", text: "No", finish: "length", vectors: [3, 4] })).toHaveLength(8);
});

test("a response where an error is expected is a problem, and an error where a response is expected", () => {
  expect(problemsOf(scenario({ error: { status: 400 } }), { id: "a", text: "Hello" })).toEqual([
    "succeeded, instead of 400",
  ]);
  expect(problemsOf(scenario({ text: "." }), { id: "a", error: { status: 500, message: "no" } })).toHaveLength(1);
  const other = { id: "a", error: { status: 400, code: "x", message: "" } };
  expect(problemsOf(scenario({ error: { status: 400, code: "y" } }), other)).toEqual(['error code "x" instead of "y"']);
});

test("JSON without a key is a problem, and text that is no JSON", () => {
  expect(problemsOf(scenario({ jsonKeys: ["a", "b"] }), { id: "a", text: '{"a":1}' })).toHaveLength(1);
  expect(problemsOf(scenario({ jsonKeys: ["a"] }), { id: "a", text: "hm" })).toHaveLength(1);
  const tool = scenario({ tool: { name: "f", argumentKeys: ["x"] } });
  expect(problemsOf(tool, { id: "a", tool: { name: "f", arguments: '{"x":1}' } })).toEqual([]);
  expect(problemsOf(tool, { id: "a", tool: { name: "g", arguments: "{}" } })).toHaveLength(2);
});
