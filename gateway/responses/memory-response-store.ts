import { LRUCache } from "lru-cache";
import { heldError, type ReadTerms } from "../store/storage-terms.ts";
import { parseStored, type ResponseStore, type StoredResponse, storedJson } from "./response-store.ts";

export interface MemoryResponseStoreOptions {
  /** Bytes of all responses together; the longest unused go first. */
  readonly maxBytes: number;
  readonly ttlSeconds: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

const MS_PER_DAY = 86_400_000;

/** Stores responses in this process: for one gateway, and lost with it. */
export class MemoryResponseStore implements ResponseStore {
  readonly #stored: LRUCache<string, Buffer>;

  constructor({ maxBytes, ttlSeconds, now }: MemoryResponseStoreOptions) {
    this.#stored = new LRUCache({
      maxSize: maxBytes,
      // A character of a key takes two bytes at most.
      sizeCalculation: (json, key) => json.length + 2 * key.length,
      ttl: ttlSeconds * 1000,
      perf: { now },
      ttlResolution: 0,
    });
  }

  async get(tenant: string, id: string): Promise<StoredResponse | undefined> {
    const json = this.#stored.get(keyOf(tenant, id));
    return json === undefined ? undefined : parseStored(json);
  }

  async put(tenant: string, id: string, stored: StoredResponse, terms?: ReadTerms): Promise<void> {
    const key = keyOf(tenant, id);
    const keepDays = (await terms?.())?.keepDays;
    const ttl = keepDays === undefined ? undefined : { ttl: keepDays * MS_PER_DAY };
    this.#stored.set(key, await storedJson(stored), ttl);
    if (!this.#stored.has(key)) throw new RangeError("The response is over the size that is stored.");
  }

  async delete(tenant: string, id: string, heldBy: readonly string[] = []): Promise<boolean> {
    if (heldBy.length > 0 && this.#stored.has(keyOf(tenant, id))) throw heldError("response", id, heldBy);
    return this.#stored.delete(keyOf(tenant, id));
  }
}

function keyOf(tenant: string, id: string): string {
  return JSON.stringify([tenant, id]);
}
