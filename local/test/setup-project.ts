import { type SpawnOptionsWithoutStdio, spawn } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { OWN_FOLDER } from "../../lib/installation.ts";
import { temporaryFolder, writeTo } from "./tools.ts";

/**
 * Stands in for npm's own script, as `npm_execpath` names it: notes its arguments, and does what `NPM_DOES` says.
 * A real process, so that exit codes, output and signals are the real ones.
 */
const NPM = `
const { appendFileSync, mkdirSync, writeFileSync } = require("node:fs");
appendFileSync(process.env.NPM_LOG, process.argv.slice(2).join(" ") + "\\n");
new Function("require", process.env.NPM_DOES ?? "")(require);
`;

/** What a good `npm ci` leaves. */
export const INSTALLS = 'require("node:fs").mkdirSync("node_modules/zod", { recursive: true });';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SetupProject {
  readonly folder: string;
  /** File with a line for each call of npm. */
  readonly npmLog: string;
  /** Variables under which the set-up finds the stand-in for npm. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A clone with the real set-up scripts, a lock file and one script of its own. */
export function setupProject(npmDoes = INSTALLS): SetupProject {
  const folder = temporaryFolder({
    "package.json": '{"type":"module"}',
    "package-lock.json": "{}",
    "hello.ts": 'const name: string = process.argv[2] ?? "";\nconsole.log("hello " + name);\n',
  });
  mkdirSync(join(folder, "local"));
  for (const path of ["local/setup", "lib/installation.ts"])
    cpSync(join(OWN_FOLDER, path), join(folder, path), { recursive: true });
  writeTo(join(folder, "npm", "npm-cli.js"), NPM);
  writeTo(join(folder, "npm", "package.json"), '{"type":"commonjs"}');
  const npmLog = writeTo(join(folder, "npm.log"), "");
  const environment = {
    PATH: "/usr/bin:/bin",
    HOME: folder,
    XDG_CACHE_HOME: join(folder, "cache"),
    npm_execpath: join(folder, "npm", "npm-cli.js"),
    NPM_LOG: npmLog,
    NPM_DOES: npmDoes,
  };
  return { folder, npmLog, environment };
}

/** Runs this Node with the arguments and waits for its end. */
export function runNode(args: readonly string[], options: SpawnOptionsWithoutStdio): Promise<Run> {
  const child = spawn(process.execPath, args, options);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
