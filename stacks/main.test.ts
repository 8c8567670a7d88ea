import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { STACK_NAMES } from "./stack-settings.ts";

const root = join(import.meta.dirname, "..");
const outdir = mkdtempSync(join(tmpdir(), "sluice-main-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const run = (env: Record<string, string>) =>
  spawnSync(process.execPath, [join(root, "stacks/main.ts")], {
    encoding: "utf8",
    cwd: tmpdir(),
    env: { CDKTF_OUTDIR: outdir, CDKTF_CONTEXT_JSON: "{}", ...env },
  });
const isBuilt = ["dist/site/index.html", "dist/lambdas", "dist/gateway"].every((path) => existsSync(join(root, path)));

describe("node stacks/main.ts", () => {
  test.skipIf(!isBuilt)("writes the selected environment alone into the cdktf command's output folder", () => {
    const { status, stderr } = run({ SLUICE_ENVIRONMENT: "dev" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(readdirSync(join(outdir, "stacks")).sort()).toEqual(STACK_NAMES.map((stack) => `dev-${stack}`).sort());
    expect(existsSync(join(outdir, "manifest.json"))).toBe(true);
  });

  test("reports an unknown environment without a stack trace", () => {
    const { status, stderr } = run({ SLUICE_ENVIRONMENT: "nowhere" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/There is no environment "nowhere"; known are .*dev/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
