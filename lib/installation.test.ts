import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { IS_PACKAGE, OWN_FOLDER, ownScript, repositoryAbove, repositoryFolder } from "./installation.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "sluice-installation-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("in a checkout", () => {
  test("the user's repository is the checkout, and scripts are TypeScript", () => {
    const checkout = resolve(import.meta.dirname, "..");
    expect([IS_PACKAGE, OWN_FOLDER, repositoryFolder()]).toEqual([false, checkout, checkout]);
    expect(ownScript("stacks/main.ts")).toBe(join(checkout, "stacks/main.ts"));
  });
});

describe("the repository of a working folder", () => {
  test("is the nearest folder upwards with a cdktf.json", () => {
    const inner = join(folder, "a/team/environments/deep");
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(folder, "a/cdktf.json"), "{}");
    writeFileSync(join(folder, "a/team/cdktf.json"), "{}");
    expect(repositoryAbove(inner)).toBe(join(folder, "a/team"));
  });

  test("is the folder itself where no folder above has one, whatever else lies there", () => {
    const empty = join(folder, "b/new");
    mkdirSync(empty, { recursive: true });
    writeFileSync(join(folder, "b/package.json"), "{}");
    expect(repositoryAbove(empty)).toBe(empty);
  });
});
