// Runs one of Sluice's own .ts files with everything it needs: Node 24 and the packages of the lock file.
// No dependencies, and plain enough for Node 20: this file runs before anything is installed.
// Usage: node local/setup/run.mjs <file.ts> [arguments]
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureNode, keepCompiledCode } from "./node-runtime.mjs";
import { ensurePackages } from "./packages.mjs";
import { runChild } from "./run-child.mjs";
import { SetupError } from "./setup-error.mjs";

const project = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

try {
  const [file, ...args] = process.argv.slice(2);
  if (!file) throw new SetupError("Usage: node local/setup/run.mjs <file.ts> [arguments]");
  const node = await ensureNode();
  keepCompiledCode();
  await ensurePackages(project, node);
  process.exitCode = await runChild(node, [join(project, file), ...args]);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`sluice: ${error.message}`);
  process.exitCode = error.exitCode;
}
