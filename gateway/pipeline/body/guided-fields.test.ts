import { expect, test } from "vitest";
import { withoutGuidedFields } from "./guided-fields.ts";

test("fields that vLLM removed become structured_outputs, and no other field changes", () => {
  expect(
    withoutGuidedFields({
      model: "tiny",
      guided_choice: ["a"],
      guided_json: null,
      guided_decoding_backend: "xgrammar",
    }),
  ).toEqual({ model: "tiny", structured_outputs: { choice: ["a"] } });
});

test("a request with both is sent with both, for the engine to refuse", () => {
  expect(withoutGuidedFields({ guided_regex: "a", structured_outputs: { json: {} } })).toEqual({
    structured_outputs: { json: {}, regex: "a" },
  });
});

test("a body without them is the same object", () => {
  const body = { model: "tiny", structured_outputs: { regex: "a" } };
  expect(withoutGuidedFields(body)).toBe(body);
});
