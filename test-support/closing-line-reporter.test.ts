import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const project = join(import.meta.dirname, "..");

/** Runs Vitest over files in a process of its own. */
async function report(files: Readonly<Record<string, string>>): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-closing-line-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const script = `
      const { createVitest } = await import(${JSON.stringify(join(project, "node_modules/vitest/dist/node.js"))});
      const { ClosingLineReporter } = await import(${JSON.stringify(join(project, "test-support/closing-line-reporter.ts"))});
      const reporter = new ClosingLineReporter();
      const options = { root: ${JSON.stringify(folder)}, config: false, globals: true, watch: false, retry: 1, reporters: [reporter] };
      const vitest = await createVitest("test", options);
      await vitest.start();
      await vitest.close();
      console.log(JSON.stringify({ counts: reporter.counts, remarks: reporter.remarks }));
      process.exit(0);`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: project,
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("failed hooks and files that can't be loaded count as failures; failed, skipped and flaky tests are named", async () => {
  const files = {
    "after.test.js": `afterAll(() => { throw new Error("after"); }); test("passes", () => {});`,
    "before.test.js": `beforeAll(() => { throw new Error("before"); }); test("never begins", () => {});`,
    "load.test.js": `throw new Error("load");`,
    "suite.test.js": `describe("suite", () => { afterAll(() => { throw new Error("suite"); }); test("passes too", () => {}); });`,
    "tests.test.js": `
      let attempts = 0;
      test("fails", () => { throw new Error("fails"); });
      test("fails once", () => { if (attempts++ === 0) throw new Error("once"); });
      test("is skipped", (context) => context.skip("a tool is missing"));`,
  };
  expect(await report(files)).toEqual({
    counts: { passed: 3, failed: 5, skipped: 2 },
    remarks: [
      "skipped: never begins: without a reason",
      "skipped: is skipped: a tool is missing",
      "flaky, passed again: tests.test.js > fails once: once",
      "failed: tests.test.js > fails: fails; fails",
      "failed: after.test.js > a hook or the file itself: after",
      "failed: before.test.js > a hook or the file itself: before",
      "failed: load.test.js > a hook or the file itself: load",
      "failed: suite.test.js > suite: suite",
    ],
  });
});
