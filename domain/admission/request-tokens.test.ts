import { expect, test } from "vitest";
import { requestTokens } from "./request-tokens.ts";

test("a request costs its prompt and its limit of generated tokens, at most 4096 of them, 512 without a limit", () => {
  expect(requestTokens(100, 50)).toBe(150);
  expect(requestTokens(100, undefined)).toBe(612);
  expect(requestTokens(100, 100_000)).toBe(4196);
  expect(requestTokens(0, 0)).toBe(1);
});

test("each completion of a request counts", () => {
  expect(requestTokens(100, 50, 3)).toBe(250);
});
