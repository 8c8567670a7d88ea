import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { OWN_FOLDER } from "../../lib/installation.ts";
import { seededRandom } from "../../lib/seeded-random.ts";
import { runNode } from "../test/setup-project.ts";
import { temporaryFolder, writeTo } from "../test/tools.ts";
import { type LockChain, lockChain, type ProcessLock, takeLock } from "./process-lock.mjs";

/** Some number that is no process of this machine: above Linux's highest, 2^22. */
const NO_PROCESS = 4_194_305;

const newLock = () => join(temporaryFolder(), "lock");

test("of two that have seen the same abandoned lock one takes it, also after the other has released it", () => {
  const path = newLock();
  takeLock(path, NO_PROCESS);
  const seen = lockChain(path);
  const first = takeLock(path, process.pid, seen);
  expect(first).toBeDefined();
  expect(takeLock(path, process.pid, seen)).toBeUndefined();
  first?.release();
  expect(takeLock(path, process.pid, seen)).toBeUndefined();
  const next = takeLock(path);
  expect(next).toBeDefined();
  expect(takeLock(path, process.pid, seen)).toBeUndefined();
  next?.release();
  expect(readdirSync(dirname(path))).toEqual([]);
});

test("a lock whose process has ended is held while the child that it noted runs", () => {
  const path = newLock();
  takeLock(path, NO_PROCESS)?.noteChild(process.pid);
  expect(takeLock(path)).toBeUndefined();
});

test("who releases a lock that was removed by hand leaves the one that another process has taken since", () => {
  const path = newLock();
  const removed = takeLock(path);
  rmSync(path);
  const next = takeLock(path);
  removed?.release();
  expect(takeLock(path)).toBeUndefined();
  next?.release();
  expect(readdirSync(dirname(path))).toEqual([]);
});

test("a lock of a release before, which is a file, is taken over once its process has ended", () => {
  const path = newLock();
  writeTo(path, `${process.pid} running`);
  expect(takeLock(path)).toBeUndefined();
  writeTo(path, `${NO_PROCESS} gone`);
  takeLock(path)?.release();
  expect(readdirSync(dirname(path))).toEqual([]);
});

test("in any order of looking, taking, releasing and ending at most one has the lock, and it is never lost", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = seededRandom(seed);
    const path = newLock();
    const seen: (LockChain | undefined)[] = Array.from({ length: 4 });
    let held: ProcessLock | undefined;
    for (let step = 0; step < 60; step++) {
      const who = Math.floor(random() * seen.length);
      if (held !== undefined && random() < 0.2) {
        held.release();
        held = undefined;
      } else if (seen[who] === undefined || random() < 0.3) {
        seen[who] = lockChain(path);
      } else {
        // Whoever takes it as a process that is gone has ended at once.
        const endsAtOnce = random() < 0.4;
        const lock = takeLock(path, endsAtOnce ? NO_PROCESS : process.pid, seen[who]);
        if (lock !== undefined) expect([seed, step, held]).toEqual([seed, step, undefined]);
        if (lock !== undefined && !endsAtOnce) held = lock;
        seen[who] = undefined;
      }
    }
    held?.release();
    const last = takeLock(path);
    expect([seed, last]).toEqual([seed, expect.anything()]);
    last?.release();
  }
});

/** Has the lock 40 times; after each time it leaves an abandoned one to all. Ends with code 1 where another process has the lock too. */
const COMPETITOR = `
import { rmSync, writeFileSync } from "node:fs";
import { takeLock } from "${join(OWN_FOLDER, "local/setup/process-lock.mjs")}";
for (let turns = 0; turns < 40; ) {
  const lock = takeLock("lock");
  if (lock === undefined) continue;
  writeFileSync("inside", "", { flag: "wx" });
  rmSync("inside");
  lock.release();
  takeLock("lock", ${NO_PROCESS});
  turns++;
}`;

test("of processes that all meet abandoned locks one at a time is inside", async () => {
  const folder = temporaryFolder({ "competitor.mjs": COMPETITOR });
  const ends = await Promise.all([1, 2, 3, 4].map(() => runNode(["competitor.mjs"], { cwd: folder })));
  expect(ends).toEqual(ends.map(() => ({ code: 0, stdout: "", stderr: "" })));
});
