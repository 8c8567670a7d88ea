import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const project = join(import.meta.dirname, "..");

/** Runs Vitest over files in a process of its own. @param isRunAgain whether all files are run a second time */
async function report(files: Readonly<Record<string, string>>, isRunAgain = false): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-closing-line-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const script = `
      const { createVitest } = await import(${JSON.stringify(join(project, "node_modules/vitest/dist/node.js"))});
      const { ClosingLineReporter, remarksOf, sumOf, withSecondRun } = await import(${JSON.stringify(join(project, "test-support/closing-line-reporter.ts"))});
      const run = async () => {
        const reporter = new ClosingLineReporter();
        const options = { root: ${JSON.stringify(folder)}, config: false, globals: true, watch: false, retry: 1, reporters: [reporter] };
        const vitest = await createVitest("test", options);
        await vitest.start();
        await vitest.close();
        return reporter.files;
      };
      const first = await run();
      const files = ${JSON.stringify(isRunAgain)} ? withSecondRun(first, await run()) : first;
      console.log(JSON.stringify({ counts: sumOf(files), remarks: remarksOf(files) }));
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
      "failed: after.test.js > a hook or the file itself: after",
      "failed: before.test.js > a hook or the file itself: before",
      "failed: load.test.js > a hook or the file itself: load",
      "failed: suite.test.js > suite: suite",
      "failed: tests.test.js > fails: fails; fails",
    ],
  });
});

test("a file that passes when it is run again is flaky; one that fails again, or whose tests are all skipped then, has failed", async () => {
  const onFirst = (text: string, name: string) =>
    `import { existsSync, writeFileSync } from "node:fs";
    const isFirst = !existsSync(new URL("${name}", import.meta.url));
    writeFileSync(new URL("${name}", import.meta.url), "");
    ${text}`;
  const files = {
    "again.test.js": `test("fails", () => { throw new Error("fails"); });`,
    "hook.test.js": onFirst(
      `beforeAll(() => { if (isFirst) throw new Error("hook"); }); test("passes", () => {});`,
      "hook",
    ),
    "skipped.test.js": onFirst(
      `test("is skipped", (context) => { if (isFirst) throw new Error("first"); context.skip("a tool is missing"); });`,
      "skipped",
    ),
  };
  const { counts, remarks } = (await report(files, true)) as { counts: unknown; remarks: readonly string[] };
  expect(counts).toEqual({ passed: 1, failed: 2, skipped: 0 });
  expect(remarks).toEqual([
    "flaky, passed when its file ran again: hook.test.js > a hook or the file itself: hook",
    "failed: again.test.js > fails: fails; fails",
    "failed: skipped.test.js > is skipped: first; first",
  ]);
});
