import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isProcessAlive } from "../../lib/is-process-alive.ts";

/** End of the name of a segment that a thread still writes, and of one that waits to be shipped. */
export const OPEN = ".open";
export const CLOSED = ".ndjson";

/** A segment that waits to be shipped. */
export interface ClosedSegment {
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
  /** Unix milliseconds of its last event. */
  readonly writtenAt: number;
}

/**
 * The folder of one thread in the spool: `<spool>/<process>/<thread>`. A process is named by its id and the time of its
 * start, so that one whose id a later process has is known to be dead.
 */
export class SpoolFolder {
  readonly path: string;
  readonly #spool: string;
  readonly #thread: number;

  constructor(spool: string, thread: number) {
    this.#spool = spool;
    this.#thread = thread;
    this.path = join(spool, processName(process.pid) ?? `${process.pid}-0`, String(thread));
  }

  /**
   * Takes over what predecessors left: segments of a thread of this process that failed, and, in the first thread, those of
   * processes that are dead. A segment that another process takes over at the same time is left to it.
   */
  adopt(): void {
    for (const name of filesIn(this.path)) if (name.endsWith(OPEN)) this.#take(join(this.path, name), name);
    if (this.#thread !== 0) return;
    for (const process of filesIn(this.#spool)) {
      if (isAlive(process)) continue;
      for (const thread of filesIn(join(this.#spool, process))) {
        const folder = join(this.#spool, process, thread);
        for (const name of filesIn(folder)) this.#take(join(folder, name), name);
      }
      rmSync(join(this.#spool, process), { recursive: true, force: true });
    }
  }

  /** Path of a segment that begins. @throws when there is no folder, and none can be made */
  openPath(id: string): string {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    return join(this.path, id + OPEN);
  }

  /** Gives a segment that is no longer written to the shipper. */
  close(id: string): void {
    renameSync(join(this.path, id + OPEN), join(this.path, id + CLOSED));
  }

  /** Segments that wait to be shipped, the oldest first. */
  closed(): readonly ClosedSegment[] {
    return filesIn(this.path)
      .filter((name) => name.endsWith(CLOSED))
      .sort()
      .map((name) => {
        const path = join(this.path, name);
        const { size, mtimeMs } = statSync(path);
        return { id: name.slice(0, -CLOSED.length), path, bytes: size, writtenAt: mtimeMs };
      });
  }

  #take(path: string, name: string): void {
    const id = name.endsWith(OPEN) ? name.slice(0, -OPEN.length) : name.slice(0, -CLOSED.length);
    if (!name.endsWith(OPEN) && !name.endsWith(CLOSED)) return;
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    try {
      renameSync(path, join(this.path, id + CLOSED));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/** @param name `<pid>-<start>`; a folder of another name is none of ours, and stays */
function isAlive(name: string): boolean {
  const pid = /^(\d+)-\d+$/.exec(name)?.[1];
  return pid === undefined || processName(Number(pid)) === name;
}

/** @returns undefined when there is no such process */
function processName(pid: number): string | undefined {
  return isProcessAlive(pid) ? `${pid}-${startOf(pid)}` : undefined;
}

/** Clock ticks from the machine's boot to the start of a process; 0 where the system does not say (proc_pid_stat(5), field 22). */
function startOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
    return Number(fields[19] ?? 0);
  } catch {
    return 0;
  }
}
