import { describe, expect, test } from "vitest";
import { OPENAI_DIALECT } from "./openai.ts";

const problem = (body: unknown) => OPENAI_DIALECT.decodeProblem(422, JSON.stringify(body));

describe("a refusal that lists its problems", () => {
  const detail = [
    { type: "missing", loc: ["body", "messages", 0, "content"], msg: "Field required" },
    { type: "extra_forbidden", loc: ["body", "foo"], msg: "Extra inputs are not permitted" },
  ];
  const read = {
    message: "messages[0].content: Field required; foo: Extra inputs are not permitted",
    param: "messages[0].content",
  };

  test.each([
    ["FastAPI's", { detail }],
    ["Mistral's", { object: "error", message: { detail } }],
    ["one in `error`", { error: { errors: detail } }],
  ])("is read in %s form", (_form, body) => {
    expect(problem(body)).toEqual(read);
  });

  test("is read from a list of texts, or of objects with a message", () => {
    expect(problem({ errors: ["too hot", { message: "too long" }, null, 3] })).toEqual({
      message: "too hot; too long",
    });
  });

  test("has no keys of ours, is bounded, and names our account", () => {
    const { message = "" } = problem({
      errors: Array.from({ length: 50 }, () => `sk-proj-abcdefgh1 ${"x".repeat(9000)}`),
    });
    expect(message).not.toContain("sk-proj");
    expect(message.length).toBeLessThan(2600);
    expect(problem({ detail: [{ loc: ["body"], msg: "insufficient credits" }] })).toMatchObject({
      isAboutAccount: true,
    });
  });

  test.each([[{ detail: [] }], [{ detail: [{ loc: [{}], msg: 3 }] }], [{ errors: "x" }]])(
    "of nothing readable has no message: %j",
    (body) => {
      expect(problem(body)).toEqual({});
    },
  );
});
