import { spawn } from "node:child_process";
import { statfs } from "node:fs/promises";
import { constants } from "node:os";
import { dirname } from "node:path";
import { whenEnded } from "./run-child.mjs";
import { SetupError } from "./setup-error.mjs";

const NO_NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|network/i;

/**
 * Runs npm with the given Node. Its output is not shown; a failure becomes one line with the remedy. A signal that is to
 * end this process ends npm, and is thrown after npm's end.
 * @param {string} node path of the Node executable
 * @param {readonly string[]} args
 * @param {string} folder
 * @param {string} purpose what is being installed, for messages
 * @param {(pid: number) => void} [onStart] gets the id of npm's process
 */
export async function npm(node, args, folder, purpose, onStart = () => {}) {
  // npm names its own script when it started us; else the npm on PATH is used.
  const script = process.env.npm_execpath;
  const [command, first] = script?.endsWith(".js") ? [node, [script]] : ["npm", []];
  const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` };
  // The settings of the npm that started us must not reach this one.
  for (const name of Object.keys(env))
    if (/^npm_(config_local_prefix|package_|lifecycle_)/.test(name)) delete env[name];
  const child = spawn(command, [...first, ...args, "--loglevel=error", "--no-audit", "--no-fund"], {
    cwd: folder,
    env,
  });
  if (child.pid !== undefined) onStart(child.pid);
  let endedBy;
  const end = (signal = "SIGTERM") => {
    endedBy = signal;
    child.kill(signal);
  };
  process.on("SIGINT", end);
  const ignoreEnd = whenEnded(end);
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve) => {
    child.on("error", (error) => {
      output += error.message;
      resolve(-1);
    });
    // Not "exit": the reason may still be on its way then.
    child.on("close", resolve);
  });
  process.off("SIGINT", end);
  ignoreEnd();
  if (endedBy !== undefined)
    throw new SetupError(
      `${endedBy} ended the installation of ${purpose}; start again.`,
      128 + constants.signals[endedBy],
    );
  if (code === 0) return;
  if (/ENOSPC/.test(output))
    throw new SetupError(`The disk is full while installing ${purpose}; free some space and try again.`);
  if (/spawn npm ENOENT/.test(output)) throw new SetupError(`npm is not on PATH; install it, it comes with Node.`);
  if (NO_NETWORK.test(output))
    throw new SetupError(
      `No network while installing ${purpose}; connect (or set npm's registry and proxy) and try again.`,
    );
  const last =
    output
      .trim()
      .split("\n")
      .find((line) => /npm (error|ERR!)/.test(line)) ?? output.trim().slice(-200);
  throw new SetupError(`npm could not install ${purpose}: ${last}`);
}

/**
 * @param {string} folder an existing folder on the disk in question
 * @param {number} mebibytes what is needed
 * @param {string} purpose
 */
export async function ensureDisk(folder, mebibytes, purpose) {
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 1024 ** 2);
  if (free < mebibytes)
    throw new SetupError(
      `${purpose} needs ${mebibytes} MiB of disk, ${folder} has ${free} MiB free; free some space and try again.`,
    );
}
