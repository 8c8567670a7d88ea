#!/usr/bin/env node
// The binary of the package. Plain enough for Node 20: it brings Node 24 where the machine's is older.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { ensureNode } from "../local/setup/node-runtime.mjs";
import { SetupError } from "../local/setup/setup-error.mjs";

const program = new URL("../cli/sluice.js", import.meta.url);

try {
  const node = await ensureNode();
  if (node === process.execPath) await import(program.href);
  else {
    const child = spawn(node, [fileURLToPath(program), ...process.argv.slice(2)], { stdio: "inherit" });
    // Ctrl-C reaches the child by itself; a signal to this process alone must be passed on.
    process.on("SIGINT", () => {});
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? 128 + constants.signals[signal];
    });
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`sluice: ${error.message}`);
  process.exitCode = 1;
}
