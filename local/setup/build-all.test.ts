import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OWN_FOLDER } from "../../lib/installation.ts";
import { ROOMS } from "../../test-support/room-rules.ts";
import { runNode } from "../test/setup-project.ts";
import { temporaryFolder, writeTo } from "../test/tools.ts";
import { BUILD_STEPS, buildAll } from "./build-all.ts";

/** Notes that it ran, and writes the product; fails while there is a file named `broken`. */
const build = (name: string, product: string) => `
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
appendFileSync("built.log", "${name} ");
mkdirSync(dirname("${product}"), { recursive: true });
writeFileSync("${product}", existsSync("broken") ? "half" : "whole");
if (existsSync("broken")) throw new Error("broken build");`;

function project() {
  const folder = temporaryFolder({
    "package.json": '{"type":"module"}',
    "package-lock.json": "{}",
    "lambdas/build.ts": build("lambdas", "dist/lambdas/a.zip"),
    "lambdas/check/handler.ts": "1",
    "domain/key.ts": "1",
    "contracts/processes/auth.ts": "1",
    "catalog/models.ts": "1",
    "lib/is-record.ts": "1",
    "gateway/build.ts": build("gateway", "dist/gateway/server.mjs"),
    "ui/tokens.css": "1",
    "docs/keys.md": "1",
    "demo-site/build.ts": build("site", "dist/site/index.html"),
    "console/build.ts": build("console", "dist/console/index.html"),
  });
  const reports: string[] = [];
  const built = async () => {
    rmSync(join(folder, "built.log"), { force: true });
    await buildAll(folder, (line) => reports.push(line));
    return existsSync(join(folder, "built.log")) ? readFileSync(join(folder, "built.log"), "utf8").trim() : "";
  };
  return { folder, reports, built };
}

describe("building what the stacks deploy", () => {
  test("builds each product once, and none the second time", async () => {
    const { built, reports } = project();
    expect(await built()).toBe("lambdas gateway site console");
    expect(reports).toEqual([
      "building the Lambda bundles …",
      "building the gateway …",
      "building the demo page …",
      "building the console …",
    ]);
    expect(await built()).toBe("");
    expect(reports).toHaveLength(4);
  });

  test("builds again only what has a changed, new or removed source", async () => {
    const { folder, built } = project();
    await built();
    writeTo(join(folder, "domain/key.ts"), "2");
    expect(await built()).toBe("lambdas gateway");
    writeTo(join(folder, "demo-site/src/new.tsx"), "1");
    expect(await built()).toBe("site");
    rmSync(join(folder, "demo-site/src/new.tsx"));
    expect(await built()).toBe("site");
    writeTo(join(folder, "contracts/processes/auth.ts"), "2");
    expect(await built()).toBe("lambdas gateway site console");
    writeTo(join(folder, "lib/is-record.ts"), "2");
    expect(await built()).toBe("lambdas gateway site console");
  });

  test.each(BUILD_STEPS)(
    "builds the $name again for a change in any room that it may import",
    ({ script, sources }) => {
      const reached = new Set([script.slice(0, script.indexOf("/")), "lib"]);
      for (const room of reached) for (const next of ROOMS[room]?.rooms ?? []) reached.add(next);
      expect(sources).toEqual(expect.arrayContaining([...reached]));
    },
  );

  test("takes a renamed source for a change, and a test for none", async () => {
    const { folder, built } = project();
    await built();
    rmSync(join(folder, "lambdas/check"), { recursive: true });
    writeTo(join(folder, "lambdas/verify/handler.ts"), "1");
    expect(await built()).toBe("lambdas");
    writeTo(join(folder, "lambdas/verify/handler.test.ts"), "1");
    expect(await built()).toBe("");
  });

  test("builds again when the product is missing", async () => {
    const { folder, built } = project();
    await built();
    rmSync(join(folder, "dist/site"), { recursive: true });
    expect(await built()).toBe("site");
  });

  test("never takes what a failed build left for a product, not even when the sources are as before", async () => {
    const { folder, built } = project();
    await built();
    writeTo(join(folder, "domain/key.ts"), "2");
    writeTo(join(folder, "broken"), "");
    await expect(built()).rejects.toThrow("broken build");
    writeTo(join(folder, "domain/key.ts"), "1");
    rmSync(join(folder, "broken"));
    expect(await built()).toBe("lambdas");
    expect(readFileSync(join(folder, "dist/lambdas/a.zip"), "utf8")).toBe("whole");
  });
});

describe("npm run build", () => {
  test("works in a folder whose name has a space, and reports a failure in one line", async () => {
    const { folder } = project();
    const home = join(folder, "my clone");
    for (const file of [
      "package.json",
      "package-lock.json",
      "domain/key.ts",
      "contracts/processes/auth.ts",
      "catalog/models.ts",
      "lib/is-record.ts",
      "gateway/build.ts",
      "ui/tokens.css",
      "demo-site/build.ts",
      "console/build.ts",
    ])
      writeTo(join(home, file), readFileSync(join(folder, file), "utf8"));
    writeTo(join(home, "lambdas/build.ts"), 'console.error("no esbuild");\nprocess.exitCode = 1;');
    for (const file of ["build.ts", "build-all.ts", "run-step.ts"])
      writeTo(join(home, "local/setup", file), readFileSync(join(import.meta.dirname, file), "utf8"));
    writeTo(join(home, "lib/installation.ts"), readFileSync(join(OWN_FOLDER, "lib/installation.ts"), "utf8"));
    const { code, stderr } = await runNode(["local/setup/build.ts"], { cwd: home });
    expect([code, stderr]).toEqual([1, "sluice: building the Lambda bundles …\nsluice: no esbuild\n"]);
  });
});
