import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

/** The signals that end a benchmark: of Ctrl-C, of `kill`, and of a closed terminal. */
export const END_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const releases = new Set<() => void>();
let isListening = false;

/**
 * Runs `release` when this process ends in whatever way but SIGKILL: a signal, an error, its last line.
 * @param release synchronous; a promise that it starts is not awaited
 * @returns to forget it, once it is done by other means
 */
export function releaseAtExit(release: () => void): () => void {
  if (!isListening) listen();
  isListening = true;
  releases.add(release);
  return () => void releases.delete(release);
}

function listen(): void {
  process.on("exit", () => {
    for (const release of releases) release();
  });
  for (const signal of END_SIGNALS) process.on(signal, () => process.exit(128 + constants.signals[signal]));
}

/** Starts a process that ends with this one, together with the processes that it has started. */
export function spawnChild(command: readonly string[], options: SpawnOptions): ChildProcess {
  const [file = "", ...args] = command;
  // In a process group of its own: one signal reaches all of it.
  const child = spawn(file, args, { ...options, detached: true });
  const forget = releaseAtExit(() => killGroup(child));
  child.once("exit", () => {
    killGroup(child);
    forget();
  });
  return child;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group has no process left.
  }
}

/** A folder in the system's folder for temporary files, removed when this process ends. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  releaseAtExit(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
