import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { patternsOf, slowText } from "./linear-patterns.ts";
import { readSourceTree } from "./source-tree.ts";

/** Rooms whose code reads text of clients, upstreams and models. */
const ROOMS = ["contracts", "domain", "engine", "gateway", "lambdas", "lib"];

/** Patterns that the code builds from strings: parameters of a form's part, paths with a parameter. */
const BUILT = [
  '(?:^|;)\\s*name="((?:[^"\\\\]|\\\\.)*)"',
  '(?:^|;)\\s*name=([^;"\\s]+)',
  "^/v1/models/(.+)$",
  "^/v1/files/([^/]+)/content$",
].map((source) => ({ path: "built", line: 0, source, flags: "i" }));

const root = join(import.meta.dirname, "../..");
const patterns = [...readSourceTree(root).keys()]
  .filter((path) => path.endsWith(".ts") && ROOMS.includes(path.split("/")[0] ?? ""))
  .flatMap((path) => patternsOf(path, readFileSync(join(root, path), "utf8")));

test("the check finds patterns that look for their end from each place anew", () => {
  for (const source of ["[.,]+$", "(^|[.\\n]\\s*)$", "(a+)+$", "^(.*)=(.*)=(.*)$", "x.*y", "x|already.*identifier"])
    expect(slowText({ source, flags: "" }), source).toBeDefined();
  for (const source of ["^[.,]+$", "[a-z]+", "\\d", "^a*b"])
    expect(slowText({ source, flags: "" }), source).toBe(undefined);
});

test("every pattern that meets text from outside ends at once on 40,000 characters of its own food", {
  timeout: 300_000,
}, () => {
  expect(patterns.length).toBeGreaterThan(100);
  const slow = [...patterns, ...BUILT].flatMap((pattern) => {
    const text = slowText(pattern);
    return text === undefined
      ? []
      : [`${pattern.path}:${pattern.line} /${pattern.source}/ on ${JSON.stringify(text)}…; anchor it, or look by hand`];
  });
  expect(slow).toEqual([]);
});
