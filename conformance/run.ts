import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { CONTROL_OPERATIONS } from "../contracts/control/operations/operations.ts";
import { ENV } from "../contracts/processes/process-environment.ts";
import { StartedStack } from "../test-support/started-stack.ts";
import { controlProblems } from "./control-operations.ts";
import { failedScenarios } from "./expectation.ts";
import { RUNNERS, type Runner, runScenarios } from "./runners.ts";
import { Scenario } from "./scenario.ts";
import { runEngineChecks } from "./vllm/engine-checks.ts";
import { EngineStack } from "./vllm/engine-stack.ts";
import { prepareVllm } from "./vllm/prepare.ts";
import { withoutOnVllm } from "./vllm-scenarios.ts";

/** Above what `npm start` itself waits for. */
const READY_MS = 900_000;

/**
 * The official SDKs against the local stack, outside the tests:
 * `npm run conformance -- [--engine vllm] [--language javascript] [--language python] …`.
 * With `--engine vllm` the engines run vLLM itself on the CPU, and what the gateway expects of vLLM is checked too. Prints
 * each scenario and check that failed, and the counts last.
 */
const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "local" },
    language: { type: "string", multiple: true, default: ["javascript"] },
  },
});

async function main(): Promise<void> {
  const { engine, language } = values;
  if (engine !== "local" && engine !== "vllm")
    throw new Error(`--engine must be local or vllm, got ${engine}; omit it for local.`);
  const known = RUNNERS.map((runner) => runner.language.toLowerCase());
  const unknown = language.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--language must be ${known.join(" or ")}, got ${unknown}.`);
  const all = z.array(Scenario).parse(JSON.parse(readFileSync(join(import.meta.dirname, "scenarios.json"), "utf8")));
  const { scenarios, omitted } = engine === "vllm" ? withoutOnVllm(all) : { scenarios: all, omitted: [] };
  for (const { id, reason } of omitted) console.log(`omitted: ${id}: ${reason}`);
  const vllm = engine === "vllm" ? await prepareVllm() : undefined;
  if (vllm !== undefined && "missing" in vllm) return console.log(`skipped: ${vllm.missing}`);
  const startedAt = performance.now();
  const stack = await StartedStack.startWith(
    { settings: vllm === undefined ? {} : { [ENV.localEngine]: "vllm" }, readyMs: READY_MS },
    "--environment",
    vllm?.environmentFile ?? join(import.meta.dirname, "environment", "dev.ts"),
  );
  const print = (line: string) => console.log(`${line}, after ${Math.round((performance.now() - startedAt) / 1000)} s`);
  print("the stack is ready");
  const counts = { passed: 0, failed: 0, omitted: omitted.length };
  const add = ({ passed, failed, omitted = 0 }: { passed: number; failed: number; omitted?: number }) => {
    counts.passed += passed;
    counts.failed += failed;
    counts.omitted += omitted;
  };
  try {
    const { output } = await stack.run("cli/sluice.ts", "keys", "create", "--name", "conformance");
    const key = output.split("\n")[0] ?? "";
    for (const runner of RUNNERS.filter((each) => language.includes(each.language.toLowerCase())))
      add(await runLanguage(runner, { baseUrl: stack.state.apiUrl, key, scenarios }, print));
    if (engine === "local" && language.includes("python")) add(await runControl(stack, print));
    if (vllm !== undefined) {
      const checks = await runEngineChecks(new EngineStack(stack, key, vllm.python), print);
      print(`vLLM: ${checks.passed} of ${checks.passed + checks.failed} checks`);
      add(checks);
    }
  } finally {
    await stack.stop();
    stack.remove();
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.omitted} omitted`);
  if (counts.failed > 0) process.exitCode = 1;
}

/** Runs the scenarios of a language's SDKs. */
async function runLanguage(
  runner: Runner,
  input: { readonly baseUrl: string; readonly key: string; readonly scenarios: readonly Scenario[] },
  print: (line: string) => void,
): Promise<{ readonly passed: number; readonly failed: number }> {
  const prepared = await runner.prepare();
  if ("missing" in prepared) {
    console.log(`${runner.language}: skipped: ${prepared.missing}`);
    return { passed: 0, failed: 0 };
  }
  const scenarios = input.scenarios.filter(({ sdk }) => runner.sdks.includes(sdk));
  const broken = failedScenarios(scenarios, await runScenarios(prepared.command, { ...input, scenarios }));
  for (const { id, problems } of broken) console.log(`${runner.language}: ${id}: ${problems.join("; ")}`);
  const passed = scenarios.length - broken.length;
  print(`${runner.language}: ${passed} of ${scenarios.length}`);
  return { passed, failed: broken.length };
}

/** Calls the operations of the control API, which the environment of the local engine has. */
async function runControl(
  stack: StartedStack,
  print: (line: string) => void,
): Promise<{ readonly passed: number; readonly failed: number }> {
  const prepared = await RUNNERS.find((runner) => runner.language === "Python")?.prepare();
  if (prepared === undefined || "missing" in prepared) return { passed: 0, failed: 0 };
  const problems = await controlProblems(prepared.command, stack, stack.state.apiUrl);
  for (const problem of problems) console.log(`Python: ${problem}`);
  const all = Object.keys(CONTROL_OPERATIONS).length;
  print(`Python: ${all - problems.length} of ${all} operations of the control API`);
  return { passed: all - problems.length, failed: problems.length };
}

try {
  await main();
} catch (error) {
  console.error(`sluice: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
