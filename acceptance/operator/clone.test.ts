import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Clone } from "./clone.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-clone-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const project = join(folder, "project");
for (const path of ["environments", "node_modules", ".sluice", "cli/shared"])
  mkdirSync(join(project, path), { recursive: true });
writeFileSync(join(project, "environments/dev.ts"), "limit: 1, title: 2");
writeFileSync(join(project, "cli/shared/a.ts"), "");
const clone = new Clone(project, join(folder, "clone"));
const text = (of: string) => readFileSync(join(of, "environments/dev.ts"), "utf8");

test("a clone has the project's files, and packages, but no files of its deployments", () => {
  expect(existsSync(join(clone.folder, "cli/shared/a.ts"))).toBe(true);
  expect(existsSync(join(clone.folder, "node_modules"))).toBe(true);
  expect(existsSync(join(clone.folder, ".sluice"))).toBe(false);
});

test("an edit changes the clone alone, and can be undone", () => {
  const undo = clone.edit("environments/dev.ts", [
    { from: "limit: 1", to: "limit: $&" },
    { from: "title: 2", to: "title: 3" },
  ]);
  expect(text(clone.folder)).toBe("limit: $&, title: 3");
  expect(text(project)).toBe("limit: 1, title: 2");
  undo();
  expect(text(clone.folder)).toBe("limit: 1, title: 2");
});

test("an edit of a text that the file does not have, or has twice, is refused", () => {
  expect(() => clone.edit("environments/dev.ts", [{ from: "burst", to: "" }])).toThrow(/must have "burst" once/);
  expect(() => clone.edit("environments/dev.ts", [{ from: "t", to: "" }])).toThrow(/must have "t" once/);
});
