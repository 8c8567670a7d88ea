import { setTimeout as sleep } from "node:timers/promises";
import { TableMoved } from "./change-store.ts";
import type { Changes } from "./changes.ts";

/** Times that a change is checked anew because other threads and gateways made changes meanwhile. */
const MAX_ATTEMPTS = 60;
/** Longest wait before the next of them, in milliseconds; writers that wait at random do not meet each time. */
const MAX_PAUSE_MS = 100;
/** Changes of one thread that wait for their turn: each takes some 30 ms. */
const MAX_WAITING = 200;

/**
 * The changes of one thread, one at a time and in the order in which they came: a script that makes many at once would
 * otherwise overtake itself at each check.
 */
export class ChangeQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /**
   * Checks and writes against the same count of changes, again when the table has moved in between.
   * @param write throws when its change is wrong now
   * @throws {TableMoved} when other changes come in between each time, or too many wait
   */
  async checked<T>(view: Pick<Changes, "refresh" | "version">, write: (seen: number) => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING) throw new TableMoved();
    this.#waiting++;
    const done = this.#last.then(() => attempted(view, write));
    this.#last = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      this.#waiting--;
    }
  }
}

async function attempted<T>(
  view: Pick<Changes, "refresh" | "version">,
  write: (seen: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await view.refresh();
    try {
      return await write(view.version);
    } catch (error) {
      if (!(error instanceof TableMoved) || attempt >= MAX_ATTEMPTS) throw error;
      await sleep(Math.random() * MAX_PAUSE_MS);
    }
  }
}
