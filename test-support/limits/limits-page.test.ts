import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSourceTree } from "../structure/source-tree.ts";
import { limitsInPage, limitsOf } from "./code-limits.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const page = read("docs/limits.md");
const ROOMS = ["contracts", "gateway", "lib"];
const inCode = [...readSourceTree(root).keys()]
  .filter((path) => path.endsWith(".ts") && ROOMS.includes(path.split("/")[0] ?? ""))
  .flatMap((path) => limitsOf(path, read(path)));

describe("docs/limits.md", () => {
  test("lists every limit of gateway, contracts and lib with its value, and no other", () => {
    expect(inCode.length).toBeGreaterThan(60);
    const sorted = (limits: readonly { readonly id: string; readonly value: string }[]) =>
      limits.map(({ id, value }) => `${id} = ${value}`).sort();
    expect(sorted(limitsInPage(page))).toEqual(sorted(inCode));
  });

  test("names in its first table only limits that the second has, and a bound for each thing that callers share", () => {
    const [shared = ""] = page.split("## Every limit");
    const named = [...shared.matchAll(/`([\w./-]+#[A-Z_]+)`/g)].map(([, id = ""]) => id);
    const known = new Set(inCode.map(({ id }) => id));
    expect(named.filter((id) => !known.has(id))).toEqual([]);
    const rows = [...shared.matchAll(/^\| (?!what |---)([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|$/gm)];
    expect(rows.length).toBeGreaterThanOrEqual(8);
    for (const [row, ...cells] of rows) for (const cell of cells) expect(cell.trim(), row).not.toBe("");
  });
});
