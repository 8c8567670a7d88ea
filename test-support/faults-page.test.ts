import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs", "faults.md"), "utf8");
/** The first and the last cell of every row. */
const rows = [...page.matchAll(/^\| (?!fault )([^|]+) \|.*\| ([^|]+) \|$/gm)].map(([, fault = "", shown = ""]) => ({
  fault,
  shown: shown.split(" · "),
}));

describe("docs/faults.md", () => {
  test("has a row for every fault that a data plane meets", () => {
    expect(rows.length).toBeGreaterThanOrEqual(30);
    expect(new Set(rows.map(({ fault }) => fault)).size).toBe(rows.length);
  });

  test.each(rows)("$fault: names tests that exist", ({ shown }) => {
    for (const text of shown) {
      const [, file, title] = /^`(\S+\.test\.ts)`: (.+)$/.exec(text) ?? [];
      expect(file, text).toBeDefined();
      const source = readFileSync(join(root, file ?? ""), "utf8");
      // As the first argument of `test` or of `test.each(…)`.
      const titles = [...source.matchAll(/\(\s*"([^"]+)",/g)].map(([, found]) => found);
      expect(titles, `${file} has no such test`).toContain(title);
    }
  });
});
