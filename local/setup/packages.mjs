import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureDisk, npm } from "./npm.mjs";
import { takeLock } from "./process-lock.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * Installs the packages when the lock file is not the one that was installed last. No install script runs.
 * @param {string} project
 * @param {string} node
 */
export async function ensurePackages(project, node) {
  const packageLock = readFileSync(join(project, "package-lock.json"));
  const wanted = `${createHash("sha256").update(packageLock).digest("hex")} ${process.platform}-${process.arch}`;
  const stamp = join(project, "node_modules", ".sluice-lock");
  const installed = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (installed()) return;
  const lock = await acquireLock(project);
  try {
    if (installed()) return;
    await ensureDisk(project, 1200, "Installing packages");
    const started = Date.now();
    console.error("sluice: installing packages …");
    await npm(node, ["ci", "--ignore-scripts"], project, "packages", lock.noteChild);
    writeFileSync(stamp, wanted);
    console.error(`sluice: packages installed in ${Math.round((Date.now() - started) / 1000)} s`);
  } finally {
    lock.release();
  }
}

/** One set-up at a time in a clone; the lock of one that was interrupted is taken over. */
async function acquireLock(project) {
  const folder = join(project, ".sluice-setup");
  const deadline = Date.now() + 600_000;
  for (let waits = 0; ; waits++) {
    const lock = lockIn(folder);
    if (lock !== undefined) return lock;
    if (waits === 0) console.error("sluice: another set-up is at work here; waiting for it …");
    await sleep(300);
    if (Date.now() > deadline) throw new SetupError(`Another set-up seems to run; if none does, remove ${folder}.`);
  }
}

/** The folder is removed with the lock, where another set-up has not begun with it meanwhile. */
function lockIn(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    const lock = takeLock(join(folder, "lock"));
    if (lock === undefined) return undefined;
    return {
      noteChild: lock.noteChild,
      release: () => {
        lock.release();
        try {
          rmdirSync(folder);
        } catch {
          // Another one is in it.
        }
      },
    };
  } catch (error) {
    // Removed between the two.
    if (error.code === "ENOENT") return undefined;
    throw new SetupError(`Can't write to the project folder: ${error.message}`);
  }
}
