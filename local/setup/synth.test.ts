import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { runNode, setupProject } from "../test/setup-project.ts";
import { writeTo } from "../test/tools.ts";

const Package = z.object({ scripts: z.object({ synth: z.string() }) });
const root = join(import.meta.dirname, "../..");
const { scripts } = Package.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));

const building = (product: string) => `
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
mkdirSync(dirname("${product}"), { recursive: true });
writeFileSync("${product}", "");`;

/** A fresh clone: no packages, no bundles, and stacks that can't be synthesized without the bundles. */
function freshClone() {
  const clone = setupProject();
  const files = {
    "lambdas/build.ts": building("dist/lambdas/drain-engine.zip"),
    "gateway/build.ts": building("dist/gateway/server.mjs"),
    "demo-site/build.ts": building("dist/site/index.html"),
    "console/build.ts": building("dist/console/index.html"),
    "ui/a.ts": "",
    "docs/a.md": "",
    "domain/a.ts": "",
    "contracts/a.ts": "",
    "catalog/a.ts": "",
    "lib/a.ts": "",
    "stacks/main.ts": `
import { existsSync } from "node:fs";
const { SLUICE_ENVIRONMENT: only = "all" } = process.env;
if (only === "nowhere") throw new Error("no such environment");
for (const file of ["lambdas/drain-engine.zip", "gateway/server.mjs", "site/index.html"])
  if (!existsSync("dist/" + file)) throw new Error("There is no " + file);
console.log("synthesized " + only);`,
  };
  for (const [file, text] of Object.entries(files)) writeTo(join(clone.folder, file), text);
  return (more: Readonly<Record<string, string>> = {}) => {
    const [command, ...args] = scripts.synth.split(" ");
    expect(command).toBe("node");
    return runNode(args, { cwd: clone.folder, env: { ...clone.environment, ...more } });
  };
}

describe("npm run synth", () => {
  test("builds the bundles of a fresh clone first, and none the second time", async () => {
    const synth = freshClone();
    const first = await synth();
    expect([first.code, first.stdout]).toEqual([0, "synthesized all\n"]);
    expect(first.stderr).toContain("sluice: building the Lambda bundles …\nsluice: building the gateway …\n");
    expect(await synth({ SLUICE_ENVIRONMENT: "dev" })).toEqual({ code: 0, stdout: "synthesized dev\n", stderr: "" });
  });

  test("fails with the error of the stacks", async () => {
    const { code, stderr } = await freshClone()({ SLUICE_ENVIRONMENT: "nowhere" });
    expect(code).toBe(1);
    expect(stderr).toContain("no such environment");
  });
});
