#!/usr/bin/env node
// The binary of the package. Plain enough for Node 20: it brings Node 24 where the machine's is older.
import * as modules from "node:module";
import { fileURLToPath } from "node:url";
import { ensureNode, keepCompiledCode } from "../local/setup/node-runtime.mjs";
import { runChild } from "../local/setup/run-child.mjs";
import { SetupError } from "../local/setup/setup-error.mjs";

const program = new URL("../cli/sluice.js", import.meta.url);

try {
  const node = await ensureNode();
  const compiled = keepCompiledCode();
  modules.enableCompileCache?.(compiled);
  if (node === process.execPath) await import(program.href);
  else process.exitCode = await runChild(node, [fileURLToPath(program), ...process.argv.slice(2)]);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`sluice: ${error.message}`);
  process.exitCode = error.exitCode;
}
