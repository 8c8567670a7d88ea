import { expect, test } from "vitest";
import { fieldErrors } from "./settings/fields.ts";

test("shows an API error at the field it is about, the first one only", () => {
  const details = [
    { param: "messages[0].content", message: "too long" },
    { param: "top_p", message: "must be above 0" },
    { param: "top_p", message: "must be a number" },
    { param: "logit_bias", message: "no field here" },
  ];
  expect(fieldErrors(details)).toEqual({ prompt: "too long", topP: "must be above 0" });
});
