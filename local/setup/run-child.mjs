// Plain enough for Node 20: it runs before Node 24 is there.
import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs Node in this process's place: with its input and output, and with the signals that reach it.
 * @param {string} node its executable
 * @param {readonly string[]} args
 * @param {{ readonly cwd?: string }} [options]
 * @returns {Promise<number>} the exit code; 128 and the signal's number where one ended it
 */
export function runChild(node, args, options = {}) {
  const child = spawn(node, args, { ...options, stdio: "inherit" });
  // Ctrl-C reaches the child by itself; a signal to this process alone must be passed on.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
