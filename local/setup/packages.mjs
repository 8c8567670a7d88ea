import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureDisk, npm } from "./npm.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * Installs the packages when the lock file is not the one that was installed last. No install script runs.
 * @param {string} project
 * @param {string} node
 */
export async function ensurePackages(project, node) {
  const lock = readFileSync(join(project, "package-lock.json"));
  const wanted = `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}`;
  const stamp = join(project, "node_modules", ".sluice-lock");
  const installed = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (installed()) return;
  const setupLock = join(project, ".sluice-setup");
  const release = await acquireLock(setupLock);
  try {
    if (installed()) return;
    await ensureDisk(project, 1200, "Installing packages");
    const started = Date.now();
    console.error("sluice: installing packages …");
    const noteNpm = (pid) => writeFileSync(join(setupLock, "npm"), String(pid));
    await npm(node, ["ci", "--ignore-scripts"], project, "packages", noteNpm);
    writeFileSync(stamp, wanted);
    console.error(`sluice: packages installed in ${Math.round((Date.now() - started) / 1000)} s`);
  } finally {
    release();
  }
}

/** One set-up at a time in a clone; the lock of one that was interrupted is taken over. */
async function acquireLock(folder) {
  const deadline = Date.now() + 600_000;
  for (let waits = 0; ; waits++) {
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, "pid"), String(process.pid));
      return () => rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw new SetupError(`Can't write to the project folder: ${error.message}`);
    }
    if (waits === 0) console.error("sluice: another set-up is at work here; waiting for it …");
    if (isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
    else await sleep(300);
    if (Date.now() > deadline) throw new SetupError(`Another set-up seems to run; if none does, remove ${folder}.`);
  }
}

/**
 * Whether the process that holds the lock is gone, and so is its npm, which goes on for a while when it was killed. Each id
 * is written a moment after the file was made.
 */
function isAbandoned(folder) {
  const file = join(folder, "pid");
  try {
    if (!existsSync(file)) return Date.now() - statSync(folder).mtimeMs > 10_000;
    return [file, join(folder, "npm")].every((path) => !existsSync(path) || isGone(readFileSync(path, "utf8")));
  } catch {
    return false; // The lock was released meanwhile.
  }
}

function isGone(id) {
  try {
    // Empty: read before it was written.
    if (id !== "") process.kill(Number(id), 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
