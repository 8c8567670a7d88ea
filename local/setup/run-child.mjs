// Plain enough for Node 20: it runs before Node 24 is there.
import { execFileSync, spawn } from "node:child_process";
import { constants } from "node:os";

/** Names to a child the process that runs it. */
const PARENT = "SLUICE_PARENT_PID";
const EVERY_MS = 500;
/** Arguments of the shell in which npm runs a script. */
const SHELL = /^\S*sh -c /;
const firstParent = process.ppid;

/**
 * Runs Node in this process's place: with its input and output, and with the signals that reach it. A process that npm
 * started sends the child SIGTERM when its parent has gone: npm passes its own SIGTERM on to its shell, and no further.
 * @param {string} node its executable
 * @param {readonly string[]} args
 * @param {{ readonly cwd?: string }} [options]
 * @returns {Promise<number>} the exit code; 128 and the signal's number where one ended it
 */
export function runChild(node, args, options = {}) {
  const env = { ...process.env, [PARENT]: String(process.pid) };
  const child = spawn(node, args, { ...options, env, stdio: "inherit" });
  let isEnding = false;
  const end = (signal) => {
    isEnding = true;
    child.kill(signal);
  };
  // Ctrl-C reaches the child by itself; a signal to this process alone must be passed on.
  process.on("SIGINT", () => {
    isEnding = true;
  });
  whenEnded((signal) => {
    if (signal !== undefined) end(signal);
    else if (!isEnding) end("SIGTERM");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/**
 * Calls with the signal that is to end this process, SIGTERM or SIGHUP, or with `undefined` once the npm that started it
 * has gone. Started in another way, it may stay when the shell that began it has ended.
 * @param {(signal: "SIGTERM" | "SIGHUP" | undefined) => void} listener
 * @returns {() => void} ends that
 */
export function whenEnded(listener) {
  const signals = ["SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, listener);
  const stop = process.env.npm_lifecycle_event === undefined ? () => {} : whenNpmGone(() => listener(undefined));
  return () => {
    for (const signal of signals) process.off(signal, listener);
    stop();
  };
}

/**
 * Calls once, within a second, when the `runChild` that started this process has gone without ending it (SIGKILL, a crash);
 * never in a process that was started in another way.
 * @param {() => void} listener
 */
export function onParentGone(listener) {
  if (process.env[PARENT] === String(firstParent)) whenGone(firstParent, listener);
}

function whenGone(parent, listener) {
  whenNot(() => process.ppid === parent, listener);
}

/** npm runs a script in a shell, which does not end with npm where that was killed; some shells give it their place. */
function whenNpmGone(listener) {
  const shell = processOf(firstParent);
  const npm = shell !== undefined && SHELL.test(shell.args) ? shell.parent : undefined;
  return whenNot(() => process.ppid === firstParent && (npm === undefined || isRunning(npm)), listener);
}

function whenNot(holds, listener) {
  const timer = setInterval(() => {
    if (holds()) return;
    clearInterval(timer);
    listener();
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** @returns {{ readonly parent: number, readonly args: string } | undefined} `undefined` where `ps` does not know it */
function processOf(pid) {
  try {
    const text = execFileSync("ps", ["-o", "ppid=,args=", "-p", String(pid)], { encoding: "utf8" });
    const [, parent, args] = /^\s*(\d+)\s+(.*)/.exec(text) ?? [];
    return args === undefined ? undefined : { parent: Number(parent), args };
  } catch {
    return undefined;
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}
