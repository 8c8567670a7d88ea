import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { KEY_CHANGES_ID } from "../../contracts/processes/auth.ts";

/** A read that takes longer is given up; the next one follows soon. */
const TIMEOUT_MS = 400;

export interface KeyChangesOptions {
  /** The count of changes of all keys. Rejects when it can't be read. */
  readonly read: () => Promise<number>;
  /** Four bytes that the threads of the process share: how often cached keys were dropped. */
  readonly memory: SharedArrayBuffer;
  readonly pollMs: number;
}

/**
 * Watches the count of key changes, once for all threads of a process: when it is another one than before, every
 * thread drops its cached keys. While it can't be read, cached keys end by their age alone.
 */
export class KeyChanges {
  readonly #options: KeyChangesOptions;
  readonly #drops: Int32Array;
  #count: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: KeyChangesOptions) {
    this.#options = options;
    this.#drops = new Int32Array(options.memory);
  }

  start(): void {
    void this.#poll();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #poll(): Promise<void> {
    const { read, pollMs } = this.#options;
    try {
      const count = await read();
      // The first count too: keys that were read before it may have changed in between.
      if (count !== this.#count) Atomics.add(this.#drops, 0, 1);
      this.#count = count;
    } catch {
      // The next read is the next attempt.
    }
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#poll(), pollMs).unref();
  }
}

/** How often cached keys were dropped, for a thread's cache. */
export function keyDrops(memory: SharedArrayBuffer): () => number {
  const drops = new Int32Array(memory);
  return () => Atomics.load(drops, 0);
}

/** Reads the count from the keys table; 0 where no key has ever changed. */
export function keyChangesReader(client: Pick<DynamoDBDocumentClient, "send">, tableName: string) {
  return async (): Promise<number> => {
    // Consistent: a change that was made is seen by the next read.
    const command = new GetCommand({ TableName: tableName, Key: { keyId: KEY_CHANGES_ID }, ConsistentRead: true });
    const { Item } = await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    return typeof Item?.changes === "number" ? Item.changes : 0;
  };
}
