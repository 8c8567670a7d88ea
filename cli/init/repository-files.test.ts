import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../local/test/tools.ts";
import { writeMissingFiles } from "./repository-files.ts";

const templates = join(import.meta.dirname, "repository");
const facts = { version: "1.2.3", overrides: { "node-llama-cpp": { x: "y" } } };

describe("the files of a team's repository", () => {
  test("are all written into an empty folder, with the package at an exact version", () => {
    const folder = temporaryFolder();
    const written = writeMissingFiles(folder, templates, facts);
    expect(written).toEqual([
      ".github/workflows/plan.yml",
      ".gitignore",
      ".npmrc",
      "README.md",
      "cdktf.json",
      "package.json",
      "tsconfig.json",
    ]);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    expect(manifest).toMatchObject({
      private: true,
      scripts: { start: "sluice start", test: "sluice validate" },
      dependencies: { sluice: "1.2.3" },
      overrides: facts.overrides,
    });
    expect(manifest.name).toBe(
      basename(folder)
        .toLowerCase()
        .replaceAll(/[^a-z0-9._-]+/g, "-"),
    );
    expect(JSON.parse(readFileSync(join(folder, "cdktf.json"), "utf8")).app).toBe(
      "node node_modules/sluice/bin/sluice.mjs synth",
    );
  });

  test("that exist stay as they are", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "README.md"), "ours");
    expect(writeMissingFiles(folder, templates, facts)).not.toContain("README.md");
    expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("ours");
    expect(writeMissingFiles(folder, templates, facts)).toEqual([]);
  });
});
