import { spawn } from "node:child_process";
import { constants } from "node:os";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { cpuArguments } from "./cpu-arguments.ts";
import { cpuEnvironment } from "./cpu-environment.ts";
import { setUpVllm } from "./set-up.ts";

/**
 * An engine of the twin that is vLLM itself: runs `vllm serve` with the arguments that the stacks synthesized, for as long as
 * this process runs.
 */
const DEFAULT_CONTEXT = 4096;

async function main(): Promise<void> {
  const env = process.env;
  const { command, model } = await setUpVllm(env, (line) => console.error(line));
  const synthesized: unknown = JSON.parse(env[ENV.engineArguments] ?? "[]");
  if (!Array.isArray(synthesized)) throw new Error(`${ENV.engineArguments} must be a JSON array of strings.`);
  const args = cpuArguments(synthesized.map(String), {
    model,
    host: env[ENV.host] || "127.0.0.1",
    port: Number(env[ENV.port]),
    maxContext: Number(env[ENV.localContext] || DEFAULT_CONTEXT),
  });
  const child = spawn(command, ["serve", ...args], {
    env: { ...env, ...cpuEnvironment(env) },
    stdio: "inherit",
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => {
    console.error(`vLLM can't be run: ${error.message}`);
    process.exitCode = 1;
  });
  child.once("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
}

await main();
