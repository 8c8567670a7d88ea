import { expect, test } from "vitest";
import { retryAfterSeconds } from "./retry-after.ts";

test("Retry-After is the time that the queue needs, up to half as long again, in whole seconds from 1 to 60", () => {
  expect(retryAfterSeconds(4, 0)).toBe(4);
  expect(retryAfterSeconds(4, 0.99)).toBe(6);
  expect(retryAfterSeconds(0.02, 0)).toBe(1);
  expect(retryAfterSeconds(4000, 0.5)).toBe(60);
});
