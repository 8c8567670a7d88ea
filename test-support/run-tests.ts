import { spawn } from "node:child_process";
import { join } from "node:path";
import { startVitest } from "vitest/node";
import { CHROMIUM_REMEDY, findChromium } from "./chromium.ts";
import { ClosingLineReporter, closingLine } from "./closing-line-reporter.ts";

/** `npm test [-- filters]`: builds, checks types and style, runs every test, ends with one counting line. */
const project = join(import.meta.dirname, "..");
const filters = process.argv.slice(2);

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly isCheck: boolean;
}

const tool = (name: string, script: string, ...args: string[]): Step => ({
  name,
  command: [join(project, script), ...args],
  isCheck: true,
});
const steps: readonly Step[] = [
  { name: "fetch the local model", command: ["engine/fetch-model.ts"], isCheck: false },
  { name: "build", command: ["local/setup/build.ts"], isCheck: false },
  tool("types", "node_modules/typescript/bin/tsc", "--noEmit"),
  tool("types of the page", "node_modules/typescript/bin/tsc", "--noEmit", "-p", "demo-site"),
  tool("types of the console", "node_modules/typescript/bin/tsc", "--noEmit", "-p", "console"),
  tool("style", "node_modules/@biomejs/biome/bin/biome", "check", "."),
];

function run({ command }: Step): Promise<boolean> {
  const child = spawn(process.execPath, command, { cwd: project, stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve) => child.on("close", (code) => resolve(code === 0)));
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

await ensureBrowser();
const failures: string[] = [];
let checks = 0;
for (const step of filters.length > 0 ? steps.filter((each) => !each.isCheck) : steps) {
  const passed = await run(step);
  if (!passed) failures.push(step.name);
  else if (step.isCheck) checks += 1;
}

const reporter = new ClosingLineReporter();
const vitest = await startVitest("test", filters, { root: project, watch: false, reporters: ["default", reporter] });
await vitest.close();
const { counts, skips } = reporter;
for (const line of skips) console.log(line);
for (const name of failures) console.log(`failed: ${name} (its output is above)`);
const total = { ...counts, passed: counts.passed + checks, failed: counts.failed + failures.length };
console.log(closingLine(total));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
