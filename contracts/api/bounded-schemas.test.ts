import { describe, expect, test } from "vitest";
import * as z from "zod";
import { anyObject, boundedList, boundedRecord } from "./bounded-schemas.ts";
import { ChatCompletionRequest } from "./chat.ts";
import { CompletionRequest } from "./completions.ts";
import { EmbeddingRequest } from "./embeddings.ts";
import { MessagesRequest } from "./messages.ts";
import { ModerationRequest } from "./moderations.ts";
import { ResponseRequest } from "./responses.ts";
import { DetokenizeRequest, TokenizeRequest } from "./tokenize.ts";

const many = <Item>(count: number, item: (index: number) => Item): readonly Item[] =>
  Array.from({ length: count }, (_, index) => item(index));
const entries = (count: number, value: unknown) => Object.fromEntries(many(count, (index) => [`x${index}`, value]));

/** Bodies in which nearly every value is invalid. */
const WRONG: readonly (readonly [string, z.ZodType, Readonly<Record<string, unknown>>])[] = [
  ["names of logit_bias", ChatCompletionRequest, { logit_bias: entries(5000, 1) }],
  ["values of logit_bias", ChatCompletionRequest, { logit_bias: Object.fromEntries(many(5000, (at) => [at, "x"])) }],
  ["messages", ChatCompletionRequest, { messages: many(2000, () => ({ role: 1, content: 1, name: 1 })) }],
  [
    "parts of one message",
    ChatCompletionRequest,
    { messages: [{ role: "user", content: many(5000, () => ({ type: "film" })) }] },
  ],
  [
    "parts of all messages",
    ChatCompletionRequest,
    { messages: many(200, () => ({ role: "user", content: many(30, () => ({ type: "film" })) })) },
  ],
  ["tools", ChatCompletionRequest, { tools: many(128, () => ({ type: 1, function: 1 })) }],
  ["choices", CompletionRequest, { structured_outputs: { choice: many(5000, () => 1) } }],
  ["token ids", CompletionRequest, { prompt: many(5000, () => -1) }],
  ["lists of token ids", CompletionRequest, { prompt: many(60, () => many(500, () => -1)) }],
  ["inputs", EmbeddingRequest, { input: many(2000, () => ({})) }],
  ["inputs of token ids", EmbeddingRequest, { input: many(2000, () => [-1]) }],
  ["Anthropic's messages", MessagesRequest, { messages: many(2000, () => ({ role: "x", content: [{ type: 1 }] })) }],
  ["Anthropic's system blocks", MessagesRequest, { system: many(2000, () => ({ type: 1 })) }],
  ["Responses items", ResponseRequest, { input: many(2000, () => ({ type: 1 })) }],
  ["Responses metadata", ResponseRequest, { metadata: entries(5000, 1) }],
  ["moderated parts", ModerationRequest, { input: many(2000, () => ({ type: "film" })) }],
  ["conversations to tokenize", TokenizeRequest, { messages: many(2000, () => ({ role: 1 })) }],
  ["tokens", DetokenizeRequest, { tokens: many(5000, () => "x") }],
];

/**
 * What `bounded-schemas.ts` uses of Zod beside its documented interface, which has no way to end a list's check early.
 * `_zod` with `run` and `parse` is what Zod 4 offers to libraries that extend it (`zod/v4/core`), without a promise.
 */
test("Zod has what bounded schemas replace; where it has changed, bounded-schemas.ts must be written for the new version", () => {
  const remedy =
    "Zod's parts for libraries have changed: adapt replaceParse and parseOfCopy in contracts/api/bounded-schemas.ts to this " +
    "version (or check lists there by hand before Zod does), then adapt this test; until then invalid lists are checked whole";
  const list = z.array(z.number()).max(3);
  const plain = z.record(z.string(), z.unknown());
  expect([typeof list._zod.run, typeof list._zod.parse], remedy).toEqual(["function", "function"]);
  expect(list.def.checks?.[0]?._zod.def, remedy).toMatchObject({ check: "max_length", maximum: 3 });
  // A schema with checks calls `parse` from `run`; one without has it as `run`.
  expect([list._zod.run === list._zod.parse, plain._zod.run === plain._zod.parse], remedy).toEqual([false, true]);
  const payload = { value: [1, "a"], issues: [] };
  const checked = list.def.element._zod.run({ value: "a", issues: [] }, { async: false });
  expect(checked, remedy).toMatchObject({ issues: [{ code: "invalid_type" }] });
  expect(list._zod.parse(payload, { async: false }), remedy).toMatchObject({ issues: [{ path: [1] }] });
  expect(
    [typeof z.core.util.prefixIssues, typeof z.core.util.finalizeIssue, typeof z.core.util.isPlainObject],
    remedy,
  ).toEqual(["function", "function", "function"]);
});

describe("a request's schema", () => {
  test.each(WRONG)(
    "with invalid %s reports at most 400 problems, including those of union branches",
    (_what, schema, body) => {
      const parsed = schema.safeParse(body, { reportInput: true });
      expect(parsed.success).toBe(false);
      expect(countOf(parsed.error?.issues ?? [])).toBeLessThanOrEqual(400);
      // The second check has the same result: Zod changes a schema at its first use.
      expect(schema.safeParse(body, { reportInput: true }).error?.issues).toHaveLength(
        parsed.error?.issues.length ?? -1,
      );
    },
  );
});

describe("a list with a bound", () => {
  test("that is too long has no element checked", () => {
    let seen = 0;
    const schema = () => z.array(z.custom<number>(() => seen++ < 0)).max(3);
    const values = [1, 2, 3, 4];
    const issues = boundedList(schema()).safeParse(values).error?.issues;
    expect([issues, seen]).toEqual([schema().safeParse(values).error?.issues, 0]);
  });

  test("is checked up to the element with the 50th problem, and completely when all are valid", () => {
    let seen = 0;
    const element = z.custom<number>((value) => {
      seen++;
      return value === 1;
    });
    const list = boundedList(z.array(element).max(1000));
    expect(list.safeParse(many(1000, (at) => (at < 10 ? 1 : 2))).error?.issues).toHaveLength(50);
    expect(seen).toBe(60);
    expect(list.safeParse(many(1000, () => 1)).data).toHaveLength(1000);
  });

  test("reports the same as Zod's own for few problems, a length and another type", () => {
    const schema = () => z.array(z.int().min(0)).min(1).max(5);
    const [plain, bounded] = [schema(), boundedList(schema())];
    for (const value of [[1, -1, "a"], [], [1, 2, 3, 4, 5, 6], "a", null, { length: 1 }, [1, 2]])
      expect(bounded.safeParse(value)).toEqual(plain.safeParse(value));
  });

  test("does not pass elements to Zod that are valid by the short check", () => {
    const list = boundedList(z.array(z.never()), (value) => value === 1);
    expect(list.safeParse([1, 1]).success).toBe(true);
    expect(list.safeParse([1, 2]).success).toBe(false);
  });
});

test("a record with a bound reports the same as Zod's own for few problems and another type", () => {
  const schema = () => z.record(z.string().regex(/^\d+$/), z.number());
  const [plain, bounded] = [schema(), boundedRecord(schema())];
  for (const value of [{ 1: 1, a: 2, 3: "b" }, [], null, "a", {}, { 5: 5 }])
    expect(bounded.safeParse(value)).toEqual(plain.safeParse(value));
  expect(bounded.safeParse(JSON.parse('{"__proto__":1,"1":2}')).data).toEqual({ 1: 2 });
});

test("any object is accepted unchanged, and no other value", () => {
  const value = { a: { b: 1 } };
  expect(anyObject().parse(value)).toBe(value);
  for (const other of [[], "a", null, 1]) expect(anyObject().safeParse(other).success).toBe(false);
});

function countOf(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce(
    (count, issue) =>
      count + 1 + (issue.code === "invalid_union" ? issue.errors.reduce((sum, branch) => sum + countOf(branch), 0) : 0),
    0,
  );
}
