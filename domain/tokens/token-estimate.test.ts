import { expect, test } from "vitest";
import { estimateTokens } from "./token-estimate.ts";

test("four bytes are a token, a part of one is rounded up, and an empty text counts one", () => {
  expect([0, 1, 4, 5, 4000].map(estimateTokens)).toEqual([1, 1, 1, 2, 1000]);
});
