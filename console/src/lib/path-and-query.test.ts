import { expect, test } from "vitest";
import { pathAndQuery } from "./path-and-query.ts";

test("a path of the site is a destination after the sign-in, with its query", () => {
  expect(pathAndQuery("/keys?project=proj_1")).toBe("/keys?project=proj_1");
});

test.each([
  "//evil.example",
  "/..//evil.example/keys",
  "/%2e//evil.example",
  "//",
  "//host:99999",
  "/\\evil.example",
  "https://evil.example/keys",
  "javascript:alert(1)",
  "",
  "keys",
  7,
  undefined,
])("%s is no destination after the sign-in", (value) => expect(pathAndQuery(value)).toBe(undefined));
