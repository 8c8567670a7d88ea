import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { LinkedList } from "../shares/linked-list.ts";
import type { KeyStore } from "./key-store.ts";

/** Between two looks at whether cached keys were dropped, which cost nothing but a read of shared memory. */
const LOOK_MS = 100;
/** Watched keys are read again after this time too, as a change may not have been counted. */
const RECHECK_MS = 5000;

export interface KeyRevocationsOptions {
  readonly keys: KeyStore;
  /** How often cached keys were dropped. */
  readonly drops: () => number;
  /** Milliseconds of any monotonic clock. */
  readonly now: () => number;
}

/** Called when a watched key is revoked. */
export type OnRevoked = () => void;

/**
 * Watches the keys of open requests and WebSockets of one thread, and tells each when its key is revoked: within the time
 * in which the process notices a change of keys, one read of the table, and `LOOK_MS`.
 */
export class KeyRevocations {
  readonly #options: KeyRevocationsOptions;
  readonly #watched = new Map<string, LinkedList<OnRevoked>>();
  #timer: NodeJS.Timeout | undefined;
  #drops = 0;
  #checkedAt = 0;

  constructor(options: KeyRevocationsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** @returns ends the watch */
  watch(keyId: string, onRevoked: OnRevoked): () => void {
    const watching = this.#watched.get(keyId) ?? new LinkedList<OnRevoked>();
    const entry = watching.add(onRevoked);
    this.#watched.set(keyId, watching);
    return () => {
      watching.remove(entry);
      if (watching.size === 0 && this.#watched.get(keyId) === watching) this.#watched.delete(keyId);
    };
  }

  #look(): void {
    const { drops, now } = this.#options;
    const count = drops();
    if (count === this.#drops && now() - this.#checkedAt < RECHECK_MS) return;
    this.#drops = count;
    this.#checkedAt = now();
    for (const keyId of this.#watched.keys()) void this.#check(keyId);
  }

  /** Never rejects: a key that can't be read is read again by the next check. */
  async #check(keyId: string): Promise<void> {
    const item = await this.#options.keys.get(keyId).catch(() => "unreadable" as const);
    if (item === "unreadable" || !isRevoked(item)) return;
    const watching = this.#watched.get(keyId)?.values() ?? [];
    this.#watched.delete(keyId);
    for (const onRevoked of watching) onRevoked();
  }
}

function isRevoked(item: ApiKeyItem | undefined): boolean {
  return item === undefined || item.revokedAt !== undefined;
}
