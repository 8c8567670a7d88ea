import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENV } from "../contracts/processes/process-environment.ts";
import { missingTools, run } from "./test/tools.ts";

const here = import.meta.dirname;
const all = readdirSync(here, { recursive: true, encoding: "utf8" });
const scripts = all.filter((path) => path.endsWith(".sh")).sort();
const missing = missingTools("shellcheck");

describe("scripts of the images", () => {
  test("pass shellcheck", ({ skip }) => {
    skip(missing !== undefined, missing);
    const { status, stdout } = run(
      "shellcheck",
      scripts.map((path) => join(here, path)),
    );
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  test.each(scripts)("%s stops at the first failure, and can be run", (path) => {
    const lines = readFileSync(join(here, path), "utf8").split("\n");
    expect(lines[0]).toBe("#!/usr/bin/env bash");
    expect(lines).toContain("set -euo pipefail");
    expect(statSync(join(here, path)).mode & 0o111).toBe(0o111);
  });

  test("read only variables that user data writes, or that they declare as a setting with a default", () => {
    const written = new Set<string>(Object.values(ENV));
    for (const path of scripts) {
      const text = readFileSync(join(here, path), "utf8");
      const read = [...text.matchAll(/\$\{?(SLUICE_[A-Z_]+)(:?[-?])?/g)];
      const unknown = read.filter(
        ([, name = "", suffix]) => !written.has(name) && suffix !== ":-" && !text.includes(`export ${name}=`),
      );
      expect(
        unknown.map(([, name]) => name),
        path,
      ).toEqual([]);
    }
  });
});
