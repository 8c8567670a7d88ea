import { spawn } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";

/** `npm run bench <name> [-- settings]` runs `bench/<name>.ts` or `bench/<name>/<name>.ts`. */
const [name = "", ...settings] = process.argv.slice(2);
const candidates = [`${name}.ts`, join(name, `${name}.ts`)].map((file) => join(import.meta.dirname, file));
const file = /^[a-z-]+$/.test(name) && name !== "run" ? candidates.find((path) => existsSync(path)) : undefined;
if (file === undefined) {
  const names = globSync("results/*.json", { cwd: import.meta.dirname }).map((result) => result.slice(8, -5));
  console.error(`sluice: there is no benchmark ${JSON.stringify(name)}; run one of ${names.sort().join(", ")}.`);
  process.exitCode = 1;
} else {
  spawn(process.execPath, [file, ...settings], { stdio: "inherit" }).once("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}
