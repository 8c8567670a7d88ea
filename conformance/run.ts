import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { ENV } from "../contracts/processes/process-environment.ts";
import { StartedStack } from "../test-support/started-stack.ts";
import { failedScenarios } from "./expectation.ts";
import { RUNNERS, runScenarios } from "./runners.ts";
import { Scenario } from "./scenario.ts";
import { withoutOnVllm } from "./vllm-scenarios.ts";

/**
 * The official SDKs against the local stack, outside the tests:
 * `npm run conformance -- [--engine vllm] [--language javascript] [--language python] …`.
 * With `--engine vllm` the engines run vLLM itself on the CPU. Prints each scenario that failed, and the counts last.
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
  const missing = engine === "vllm" ? await missingForVllm() : undefined;
  if (missing !== undefined) return console.log(`skipped: ${missing}`);
  const startedAt = performance.now();
  const stack = await StartedStack.startWith(
    engine === "vllm" ? { [ENV.localEngine]: "vllm" } : {},
    "--environment",
    join(import.meta.dirname, "environment", "dev.ts"),
  );
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  console.log(`the stack is ready after ${seconds()} s`);
  let [passed, failed] = [0, 0];
  try {
    const { output } = await stack.run("cli/sluice.ts", "keys", "create", "--name", "conformance");
    const key = output.split("\n")[0] ?? "";
    for (const runner of RUNNERS.filter((each) => language.includes(each.language.toLowerCase()))) {
      const prepared = await runner.prepare();
      if ("missing" in prepared) {
        console.log(`${runner.language}: skipped: ${prepared.missing}`);
        continue;
      }
      const own = scenarios.filter(({ sdk }) => runner.sdks.includes(sdk));
      const input = { baseUrl: stack.state.apiUrl, key, scenarios: own };
      const results = await runScenarios(prepared.command, input);
      const broken = failedScenarios(own, results);
      for (const { id, problems } of broken) console.log(`${runner.language}: ${id}: ${problems.join("; ")}`);
      console.log(`${runner.language}: ${own.length - broken.length} of ${own.length}, after ${seconds()} s`);
      passed += own.length - broken.length;
      failed += broken.length;
    }
  } finally {
    await stack.stop();
    stack.remove();
  }
  console.log(`${passed} passed, ${failed} failed, ${omitted.length} omitted`);
  if (failed > 0) process.exitCode = 1;
}

/** Sets vLLM up. @returns the reason why it can't run on this machine */
async function missingForVllm(): Promise<string | undefined> {
  const child = spawn(process.execPath, ["engine/vllm/set-up.ts"], { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    process.stderr.write(chunk);
    errors += chunk.toString();
  });
  const [code] = await once(child, "close");
  return code === 0 ? undefined : errors.trim().split("\n").at(-1);
}

try {
  await main();
} catch (error) {
  console.error(`sluice: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
