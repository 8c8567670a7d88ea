import type { GatewayKey, KeyStore } from "./key-store.ts";

export interface CachedKeyStoreOptions {
  readonly store: KeyStore;
  /** Milliseconds of any monotonic clock. */
  readonly now: () => number;
  /** Counts up when the cached reads may be out of date; they are dropped then. @default - never */
  readonly drops?: () => number;
  /**
   * How long a read is cached, "no such key" included: after a revocation the key works at most this long, also when
   * `drops` does not count.
   */
  readonly ttlMs?: number;
  /** How long a key that was found still works while the store can't be read. */
  readonly staleMs?: number;
  /** Reads cached; the one used least recently is evicted. */
  readonly maxEntries?: number;
}

const DEFAULTS = { drops: () => 0, ttlMs: 5000, staleMs: 60_000, maxEntries: 10_000 } as const;

/** After a failure, keys that still work do not wait for another read for this long. */
const PAUSE_AFTER_FAILURE_MS = 1000;

interface Entry {
  readonly item: GatewayKey | undefined;
  readonly readAt: number;
  /** `drops` before the read. */
  readonly drops: number;
  /** Whether it was used since it was last the oldest. */
  isUsed: boolean;
}

/** A read that has not ended. */
interface Pending {
  readonly item: Promise<GatewayKey | undefined>;
  /** `drops` before the read. */
  readonly drops: number;
}

/**
 * Caches the reads of a key store for seconds. Requests with one key at the same time share one read, but for those that
 * come after the key was dropped: the read may have begun before its change. When the store
 * fails, a key that was found within the last minute still works; any other key rejects.
 */
export class CachedKeyStore implements KeyStore {
  readonly #options: Required<CachedKeyStoreOptions>;
  readonly #entries = new Map<string, Entry>();
  readonly #pending = new Map<string, Pending>();
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(options: CachedKeyStoreOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  known(keyId: string): GatewayKey | undefined {
    return this.#fresh(keyId)?.item;
  }

  async get(keyId: string): Promise<GatewayKey | undefined> {
    const { now, drops } = this.#options;
    const entry = this.#fresh(keyId);
    if (entry !== undefined) return entry.item;
    const stale = this.#staleItem(keyId);
    if (stale !== undefined && now() - this.#failedAt < PAUSE_AFTER_FAILURE_MS) return stale;
    const pending = this.#pending.get(keyId);
    return await (pending?.drops === drops() ? pending.item : this.#readOnce(keyId));
  }

  #fresh(keyId: string): Entry | undefined {
    const { now, ttlMs, drops } = this.#options;
    const entry = this.#entries.get(keyId);
    if (entry === undefined || entry.drops !== drops() || now() - entry.readAt >= ttlMs) return undefined;
    entry.isUsed = true;
    return entry;
  }

  #readOnce(keyId: string): Promise<GatewayKey | undefined> {
    const drops = this.#options.drops();
    const item = this.#read(keyId, drops).finally(() => {
      if (this.#pending.get(keyId) === pending) this.#pending.delete(keyId);
    });
    const pending = { item, drops };
    this.#pending.set(keyId, pending);
    return item;
  }

  async #read(keyId: string, drops: number): Promise<GatewayKey | undefined> {
    const { store, now } = this.#options;
    // The time of the request, not of its response: a key that is revoked in between works no longer than promised.
    const readAt = now();
    try {
      const item = await store.get(keyId);
      this.#remember(keyId, { item, readAt, drops, isUsed: false });
      return item;
    } catch (error) {
      this.#failedAt = now();
      const stale = this.#staleItem(keyId);
      if (stale !== undefined) return stale;
      throw error;
    }
  }

  /** The item that may be used while the store can't be read: a key that was found at most `staleMs` ago. */
  #staleItem(keyId: string): GatewayKey | undefined {
    const entry = this.#entries.get(keyId);
    if (entry === undefined || this.#options.now() - entry.readAt >= this.#options.staleMs) return undefined;
    return entry.item;
  }

  /** A read that ends after one of a later count of drops is out of date. */
  #remember(keyId: string, entry: Entry): void {
    if ((this.#entries.get(keyId)?.drops ?? entry.drops) > entry.drops) return;
    this.#entries.delete(keyId);
    this.#entries.set(keyId, entry);
    if (this.#entries.size > this.#options.maxEntries) this.#evict();
  }

  /** The oldest entry that was not used lies at the front; those that were used go to the end first. */
  #evict(): void {
    for (const [oldest, entry] of this.#entries) {
      this.#entries.delete(oldest);
      if (!entry.isUsed) return;
      entry.isUsed = false;
      this.#entries.set(oldest, entry);
    }
  }
}
