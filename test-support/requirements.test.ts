import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { allMarkedTests, deadReferences, referencedTests } from "./documented-tests.ts";

const marked = allMarkedTests();
const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs", "requirements.md"), "utf8");
const rowsOf = (form: RegExp) =>
  [...page.matchAll(form)].map(([, id = "", held = "", shown = ""]) => ({ id, held, shown }));
/** The core's criteria, by number; then those of the platform documents. */
const core = rowsOf(/^\| (\d\.\d) [^|]*\|([^|]*)\|([^|]*)\|$/gm);
const rows = [...core, ...rowsOf(/^\| (S[0234] [^|]*?) \|([^|]*)\|([^|]*)\|$/gm)];

/** Number of acceptance criteria of each of the nine requirements. */
const CRITERIA = [4, 5, 5, 6, 7, 5, 4, 4, 5];

describe("docs/requirements.md", () => {
  test("has a row for every acceptance criterion, in order", () => {
    const ids = CRITERIA.flatMap((count, index) => Array.from({ length: count }, (_, n) => `${index + 1}.${n + 1}`));
    expect(core.map(({ id }) => id)).toEqual(ids);
  });

  test.each(rows)("$id names files that exist, or what it waits for", ({ held }) => {
    const files = [...held.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file);
    if (files.length === 0) expect(held).toMatch(/waits for/);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test.each(rows.filter(({ held }) => !held.includes("waits for")))("$id names tests that exist", ({ shown }) => {
    const tests = referencedTests(shown);
    expect(tests.length, shown).toBeGreaterThan(0);
    expect(deadReferences(tests, marked)).toEqual([]);
  });
});
