import { expect, test } from "vitest";
import { readServedWeights, standInName } from "./models.ts";

const MODEL = { id: "phi-3-mini", displayName: "Phi-3 mini", weights: "microsoft/Phi-3-mini", contextTokens: 4096 };
const served = (root: unknown) => readServedWeights({ object: "list", data: [{ id: "phi-3-mini", root }] });

test("names the stand-in when the serving weights are not those declared", () => {
  expect(standInName(MODEL, served("HuggingFaceTB/SmolLM2-135M-Instruct"))).toBe("SmolLM2-135M-Instruct");
});

test.each([["microsoft/Phi-3-mini"], ["phi-3-mini"], ["/opt/weights"], [""], [null], [7]])(
  "sees no stand-in in root %j",
  (root) => {
    expect(standInName(MODEL, served(root))).toBeUndefined();
  },
);

test.each([[undefined], [{ data: "no list" }], [{ data: [null, {}] }]])("reads %j as an empty list", (body) => {
  expect(standInName(MODEL, readServedWeights(body))).toBeUndefined();
});
