import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { allMarkedTests, deadReferences, referencedTests } from "./documented-tests.ts";

const marked = allMarkedTests();
const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs", "faults.md"), "utf8");
/** The first and the last cell of every row. */
const rows = [...page.matchAll(/^\| (?!fault )([^|]+) \|.*\| ([^|]+) \|$/gm)].map(([, fault = "", shown = ""]) => ({
  fault,
  shown: shown.split(" · "),
}));

describe("docs/faults.md", () => {
  // documented: faults-complete
  test("has a row for every fault that a data plane meets", () => {
    expect(rows.length).toBeGreaterThanOrEqual(30);
    expect(new Set(rows.map(({ fault }) => fault)).size).toBe(rows.length);
  });

  test.each(rows)("$fault: names tests that exist, and no others", ({ shown }) => {
    const tests = shown.flatMap(referencedTests);
    expect(tests.map(({ file, id }) => `\`${file}#${id}\``)).toEqual(shown);
    expect(deadReferences(tests, marked)).toEqual([]);
  });
});
