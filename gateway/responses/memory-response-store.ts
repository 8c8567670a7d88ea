import { LRUCache } from "lru-cache";
import { type ResponseStore, type StoredResponse, storedText } from "./response-store.ts";

export interface MemoryResponseStoreOptions {
  /** Bytes of all responses together; the longest unused go first. */
  readonly maxBytes: number;
  readonly ttlSeconds: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** Stores responses in this process: for one gateway, and lost with it. */
export class MemoryResponseStore implements ResponseStore {
  readonly #texts: LRUCache<string, string>;

  constructor({ maxBytes, ttlSeconds, now }: MemoryResponseStoreOptions) {
    this.#texts = new LRUCache({
      maxSize: maxBytes,
      // A character of a string takes two bytes at most.
      sizeCalculation: (text, key) => 2 * (text.length + key.length),
      ttl: ttlSeconds * 1000,
      perf: { now },
      ttlResolution: 0,
    });
  }

  async get(tenant: string, id: string): Promise<StoredResponse | undefined> {
    const text = this.#texts.get(keyOf(tenant, id));
    return text === undefined ? undefined : JSON.parse(text);
  }

  async put(tenant: string, id: string, stored: StoredResponse): Promise<void> {
    const key = keyOf(tenant, id);
    this.#texts.set(key, storedText(stored));
    if (!this.#texts.has(key)) throw new RangeError("The response is over the size that is stored.");
  }

  async delete(tenant: string, id: string): Promise<boolean> {
    return this.#texts.delete(keyOf(tenant, id));
  }
}

function keyOf(tenant: string, id: string): string {
  return JSON.stringify([tenant, id]);
}
