import { randomInt } from "node:crypto";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { KEY_USE_SECONDS } from "../../contracts/processes/poll-intervals.ts";
import { SharedWindow, type SharedWindowOptions } from "../shared-window.ts";

const INTERVAL_MS = KEY_USE_SECONDS * 1000;
const WINDOW: SharedWindowOptions = { limit: 1, windowMs: INTERVAL_MS, maxCallers: 10_000 };
/** Writes of one thread at a time; uses that come meanwhile are stored by a later request of their keys. */
const MAX_WRITING = 16;

export interface KeyUsesOptions {
  /** Stores that a key was used. Rejects when it can't be stored. */
  readonly write: (keyId: string, at: Date) => Promise<void>;
  /** Of `KeyUses.memory`, shared by all threads of the process. */
  readonly memory: SharedArrayBuffer;
  /** Milliseconds of a monotonic clock that all threads share. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Called at most once a minute. */
  readonly onFailure: (error: unknown) => void;
}

/** Stores when keys were last used: once a minute for each key and process, while no request waits for it. */
export class KeyUses {
  readonly #options: KeyUsesOptions;
  readonly #window: SharedWindow;
  #writing = 0;
  #reportedAt = Number.NEGATIVE_INFINITY;

  static memory(): SharedArrayBuffer {
    return SharedWindow.memory(WINDOW, randomInt(2 ** 31));
  }

  constructor(options: KeyUsesOptions) {
    this.#options = options;
    this.#window = new SharedWindow(WINDOW, options.memory);
  }

  /** A key was accepted. Another process may have stored that within the minute. */
  used({ keyId, lastUsedAt }: Pick<ApiKeyItem, "keyId" | "lastUsedAt">): void {
    const { wallClock, now } = this.#options;
    const at = wallClock();
    if (lastUsedAt !== undefined && at - Date.parse(lastUsedAt) < INTERVAL_MS) return;
    if (this.#writing >= MAX_WRITING || !this.#window.admit(keyId, now()).admitted) return;
    void this.#write(keyId, new Date(at));
  }

  /** Never rejects. */
  async #write(keyId: string, at: Date): Promise<void> {
    this.#writing++;
    try {
      await this.#options.write(keyId, at);
    } catch (error) {
      this.#report(error);
    } finally {
      this.#writing--;
    }
  }

  #report(error: unknown): void {
    const now = this.#options.now();
    if (now - this.#reportedAt < INTERVAL_MS) return;
    this.#reportedAt = now;
    this.#options.onFailure(error);
  }
}
