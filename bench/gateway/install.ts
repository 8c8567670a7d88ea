import { homedir } from "node:os";
import { join } from "node:path";
import { spawnChild } from "../children.ts";

/** A download of some hundred megabytes over a slow connection. */
const LIMIT_MS = 600_000;

/** Where a peer of this version is installed, in the user's cache. */
export function peerFolder(name: string, version: string): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(cache, "sluice", "bench", `${name}-${version}`);
}

/** Runs one step of an installation. @throws with the end of what it wrote, when it fails or takes more than ten minutes */
export function install(command: readonly string[], cwd?: string): Promise<void> {
  const child = spawnChild(command, { stdio: ["ignore", "ignore", "pipe"], cwd, timeout: LIMIT_MS });
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-1000);
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`${command[0]} can't be run: ${error.message}`)));
    child.once("close", (code, signal) => {
      if (code === 0) return resolve();
      const reason = errors.trim().split("\n").slice(-2).join(" | ");
      reject(new Error(`${command.slice(0, 3).join(" ")} ended with ${code ?? signal}: ${reason}`));
    });
  });
}
