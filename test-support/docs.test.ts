import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = [
  "CONTRIBUTING.md",
  "docs/glossary.md",
  ...readdirSync(join(root, "docs/how-to")).map((name) => `docs/how-to/${name}`),
];
/** A path in backticks: from the root, with a folder, without placeholders. */
const PATH = /`([\w.-]+\/[\w./-]+)`/g;

describe("pages for contributors", () => {
  test.each(pages)("%s names files and folders that exist", (page) => {
    const paths = [...read(page).matchAll(PATH)].map(([, path = ""]) => path);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("there is one for an AWS resource, an endpoint, a metric, a model, a provider and a setting", () => {
    const names = readdirSync(join(root, "docs/how-to"));
    expect(names).toEqual(
      expect.arrayContaining([
        "add-a-metric.md",
        "add-a-model.md",
        "add-a-provider.md",
        "add-a-setting.md",
        "add-an-aws-resource.md",
        "add-an-endpoint.md",
      ]),
    );
    for (const name of names) expect(read(`docs/how-to/${name}`)).toMatch(PATH);
  });
});

describe("decisions", () => {
  const files = readdirSync(join(root, "docs/decisions")).filter((name) => /^\d/.test(name));
  const index = read("docs/decisions/README.md");

  test("are all in the index by subject, under their number, and none is missing", () => {
    const numbers = files.map((name) => name.slice(0, 3));
    expect(new Set(numbers).size).toBe(numbers.length);
    const listed = new Set([...index.matchAll(/\b\d{3}\b/g)].map(([number]) => number));
    listed.delete("031");
    expect([...listed].sort()).toEqual(numbers.sort());
  });

  test.each(files)("%s begins with its number and a title", (name) => {
    expect(read(`docs/decisions/${name}`)).toMatch(new RegExp(`^# ${name.slice(0, 3)} [A-Z]`));
  });
});
