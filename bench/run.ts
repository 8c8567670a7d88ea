import { spawn } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { availableParallelism, constants, platform } from "node:os";
import { join } from "node:path";
import { END_SIGNALS } from "./children.ts";

/**
 * `npm run bench <name> [-- settings]` runs `bench/<name>.ts` or `bench/<name>/<name>.ts`, on the machine's last core
 * where the kernel allows that: a load on any core would compete with the system that it measures.
 */
const [name = "", ...settings] = process.argv.slice(2);
const candidates = [`${name}.ts`, join(name, `${name}.ts`)].map((file) => join(import.meta.dirname, file));
const file = /^[a-z-]+$/.test(name) && name !== "run" ? candidates.find((path) => existsSync(path)) : undefined;
if (file === undefined) {
  const names = globSync("results/*.json", { cwd: import.meta.dirname }).map((result) => result.slice(8, -5));
  console.error(`sluice: there is no benchmark ${JSON.stringify(name)}; run one of ${names.sort().join(", ")}.`);
  process.exitCode = 1;
} else {
  const isPinned = platform() === "linux" && availableParallelism() > 1;
  const pin = isPinned ? ["taskset", "-c", String(availableParallelism() - 1)] : [];
  const [command = process.execPath, ...rest] = [...pin, process.execPath, file, ...settings];
  const child = spawn(command, rest, { stdio: "inherit" });
  // The benchmark ends its own children; a signal to this process alone must reach it.
  for (const signal of END_SIGNALS) process.on(signal, () => child.kill(signal));
  child.once("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128 + constants.signals[signal]);
  });
}
