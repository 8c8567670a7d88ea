import { LRUCache } from "lru-cache";
import type { FastStore } from "./fast-store.ts";

export interface MemoryStoreOptions {
  /** Keys, values and their bookkeeping together stay within this; what was used least recently leaves. */
  readonly maxBytes: number;
  /** Milliseconds of a monotonic clock, for tests. @default - performance.now */
  readonly now?: () => number;
}

/** What an entry costs beside its key and value: slots of the list and the map, the buffer object, the expiry. */
const ENTRY_OVERHEAD_BYTES = 256;

/** A store within this process, bounded in bytes. */
export class MemoryStore implements FastStore {
  readonly #entries: LRUCache<string, Buffer>;

  constructor({ maxBytes, now }: MemoryStoreOptions) {
    this.#entries = new LRUCache<string, Buffer>({
      maxSize: maxBytes,
      sizeCalculation: (value, key) => entryBytes(key, value.length),
      ...(now === undefined ? {} : { perf: { now }, ttlResolution: 0 }),
    });
  }

  /** What the entries take now. */
  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  get size(): number {
    return this.#entries.size;
  }

  get isAvailable(): boolean {
    return true;
  }

  async get(key: string): Promise<Buffer | undefined> {
    const value = this.peekShared(key);
    return value === undefined ? undefined : Buffer.from(value);
  }

  /** The stored bytes themselves, at once: to be read only. */
  peekShared(key: string): Buffer | undefined {
    return this.#entries.get(key);
  }

  async set(key: string, value: Buffer, ttlSeconds: number): Promise<boolean> {
    return this.put(key, value, ttlSeconds);
  }

  /** As `set`, at once. */
  put(key: string, value: Buffer, ttlSeconds: number): boolean {
    if (entryBytes(key, value.length) > this.#entries.maxSize) {
      this.#entries.delete(key);
      return false;
    }
    // A buffer cut out of a larger one would hold all of that in memory, beyond the count here.
    const copy = Buffer.allocUnsafeSlow(value.length);
    value.copy(copy);
    this.#entries.set(key, copy, { ttl: Math.max(1, Math.round(ttlSeconds * 1000)) });
    return true;
  }

  async delete(key: string): Promise<boolean> {
    this.#entries.delete(key);
    return true;
  }

  async deletePrefix(prefix: string): Promise<number> {
    let count = 0;
    for (const key of [...this.#entries.keys()]) if (key.startsWith(prefix) && this.#entries.delete(key)) count++;
    return count;
  }

  async close(): Promise<void> {
    this.#entries.clear();
  }
}

/** Strings take one byte per character while they are Latin-1, which keys are. */
function entryBytes(key: string, valueBytes: number): number {
  return key.length + valueBytes + ENTRY_OVERHEAD_BYTES;
}
