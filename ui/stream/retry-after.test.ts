import { expect, test } from "vitest";
import { retryAfterSeconds } from "./retry-after.ts";

const NOW = new Date("2026-01-01T00:00:00Z");

test.each([
  ["7", 7],
  [" 0 ", 0],
  ["1.2", 2],
  ["Thu, 01 Jan 2026 00:00:30 GMT", 30],
  ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
  ["999999999", 3600],
])("Retry-After %j means %i s", (header, seconds) => {
  expect(retryAfterSeconds(header, 5, NOW)).toBe(seconds);
});

test.each([null, "", "soon", "-3"])("Retry-After %j is not usable, so the fallback counts", (header) => {
  expect(retryAfterSeconds(header, 5, NOW)).toBe(5);
});
