import { spawn } from "node:child_process";
import { join } from "node:path";
import { createVitest } from "vitest/node";
import { CHROMIUM_REMEDY, findChromium } from "./chromium.ts";
import {
  ClosingLineReporter,
  closingLine,
  type FileResult,
  remarksOf,
  sumOf,
  withSecondRun,
} from "./closing-line-reporter.ts";
import { ONE_AT_A_TIME } from "./one-at-a-time.ts";

/** `npm test [-- filters]`: builds, checks types and style, runs every test, ends with one counting line. */
const project = join(import.meta.dirname, "..");
const filters = process.argv.slice(2);

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const tool = (name: string, script: string, ...args: string[]): Step => ({
  name,
  command: [join(project, script), ...args],
});
const preparations: readonly Step[] = [
  { name: "fetch the local model", command: ["engine/fetch-model.ts"] },
  { name: "build", command: ["local/setup/build.ts"] },
];
/** With one thread: with more of them, each checks what another one has checked, and takes time that tests need. */
const types = (name: string, folder: string): Step =>
  tool(name, "node_modules/typescript/bin/tsc", "--noEmit", "--singleThreaded", "-p", folder);
const checks: readonly Step[] = [
  types("types", "."),
  types("types of the page", "demo-site"),
  types("types of the console", "console"),
  tool("style", "node_modules/@biomejs/biome/bin/biome", "check", "."),
];

interface Outcome {
  readonly step: Step;
  readonly passed: boolean;
  readonly output: string;
}

/** @param output `shown` at once, as a download says how far it is, or `held` for the end of the run */
async function run(step: Step, output: "shown" | "held"): Promise<Outcome> {
  const stream = output === "shown" ? "inherit" : "pipe";
  const child = spawn(process.execPath, step.command, { cwd: project, stdio: ["ignore", stream, stream] });
  const pieces: Buffer[] = [];
  for (const source of [child.stdout, child.stderr]) source?.on("data", (piece: Buffer) => pieces.push(piece));
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { step, passed: code === 0, output: Buffer.concat(pieces).toString() };
}

/** Where no browser is found, Playwright may fetch one into its cache; without a network the tests are skipped. */
async function ensureBrowser(): Promise<void> {
  if (findChromium() !== undefined) return;
  console.log("no Chromium found; asking Playwright to fetch one …");
  const command = ["node_modules/playwright-core/cli.js", "install", "chromium"];
  const child = spawn(process.execPath, command, { cwd: project, stdio: "ignore", timeout: 180_000 });
  await new Promise((resolve) => child.on("close", resolve));
  if (findChromium() === undefined) console.log(CHROMIUM_REMEDY);
}

/** One after the other, as each of them uses both cores. */
async function runChecks(): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const check of filters.length > 0 ? [] : checks) outcomes.push(await run(check, "held"));
  return outcomes;
}

/**
 * @param projects of vitest.config.ts: names, or `!` and the name of one that is left out; none are all
 * @param paths or parts of them; none are all files
 */
async function runVitest(projects: readonly string[], paths: readonly string[]): Promise<ClosingLineReporter> {
  const reporter = new ClosingLineReporter();
  const vitest = await createVitest("test", {
    root: project,
    watch: false,
    project: [...projects],
    reporters: [["default", { summary: false }], reporter],
  });
  if ((await vitest.globTestSpecifications([...paths])).length > 0) await vitest.start([...paths]);
  await vitest.close();
  return reporter;
}

/** More files than these don't fail by chance. */
const MAX_FILES_AGAIN = 5;

/** In a run of everything, files in which a test failed twice, or a hook once, run again when all others have ended. */
async function runFailedAgain(files: readonly FileResult[]): Promise<readonly FileResult[]> {
  const failed = files.filter(({ counts }) => counts.failed > 0).map(({ path }) => path);
  if (filters.length > 0 || failed.length === 0 || failed.length > MAX_FILES_AGAIN) return files;
  console.log(`running again: ${failed.join(", ")}`);
  return withSecondRun(files, (await runVitest([], failed)).files);
}

await ensureBrowser();
const prepared: Outcome[] = [];
for (const step of preparations) prepared.push(await run(step, "shown"));
// The real model's tests run one at a time, beside the others: alone they would leave half of the processor unused.
const [checked, ...reporters] = await Promise.all([
  runChecks(),
  runVitest([`!${ONE_AT_A_TIME}`], filters),
  runVitest([ONE_AT_A_TIME], filters),
]);
const files = await runFailedAgain(reporters.flatMap((reporter) => reporter.files));
const outside = reporters.flatMap(({ errors }) => errors);
const failures = [...prepared, ...checked].filter(({ passed }) => !passed);
for (const line of [...remarksOf(files), ...outside]) console.log(line);
for (const { step, output } of failures) console.log(`failed: ${step.name}:\n${output}`);
const counts = sumOf(files);
const total = {
  passed: counts.passed + checked.filter(({ passed }) => passed).length,
  failed: counts.failed + outside.length + failures.length,
  skipped: counts.skipped,
};
console.log(closingLine(total));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
