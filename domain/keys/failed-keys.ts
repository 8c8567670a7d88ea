import { randomInt } from "node:crypto";
import { SharedWindow, type SharedWindowOptions } from "../shared-window.ts";

/**
 * Keys that are refused with 401, of one client address in a minute; then its keys are no longer looked up. A client whose
 * key has ended sends a few requests before it stops, and retries of SDKs do not repeat a 401.
 */
export const MAX_FAILED_KEYS_PER_MINUTE = 30;
const WINDOW_MS = 60_000;
/** Keys that worked, by address, among which a throttled address is looked up. */
const MAX_WORKING_KEYS = 10_000;
/** How long a key that worked at an address is checked there although the address is throttled. */
const WORKING_MS = 600_000;
/** How often that is noted of one key: to change a map for each request costs more than to look into it. */
const NOTED_MS = 60_000;

/**
 * Counts refused keys by client address, for all threads of a process together. An address with too many of them gets
 * no further key checked, but for those that worked there within ten minutes: a wrong key of one client behind a shared
 * address does not take the others' access.
 */
export class FailedKeys {
  readonly #window: SharedWindow;
  /** When a key last worked at an address, or within a minute before that; the oldest comes first. */
  readonly #working = new Map<string, number>();

  /** Memory that all threads share. @param maxAddresses addresses counted at once */
  static memory(maxAddresses: number): SharedArrayBuffer {
    return SharedWindow.memory(optionsFor(maxAddresses), randomInt(2 ** 31));
  }

  /** @param maxAddresses as of the memory */
  constructor(maxAddresses: number, memory: SharedArrayBuffer = FailedKeys.memory(maxAddresses)) {
    this.#window = new SharedWindow(optionsFor(maxAddresses), memory);
  }

  /**
   * Seconds until a key of this address is checked again; `undefined` when it is now.
   * @param now milliseconds of a monotonic clock that all threads share
   */
  waitSeconds(address: string, keyId: string | undefined, now: number): number | undefined {
    const { admitted, resetMs } = this.#window.peek(address, now);
    if (admitted) return undefined;
    const workedAt = keyId === undefined ? undefined : this.#working.get(`${address} ${keyId}`);
    if (workedAt !== undefined && now - workedAt < WORKING_MS + NOTED_MS) return undefined;
    return Math.max(1, Math.ceil(resetMs / 1000));
  }

  /** A key of this address was unknown, wrong, revoked or expired. */
  failed(address: string, now: number): void {
    this.#window.admit(address, now);
  }

  worked(address: string, keyId: string, now: number): void {
    const name = `${address} ${keyId}`;
    const notedAt = this.#working.get(name);
    if (notedAt !== undefined && now - notedAt < NOTED_MS) return;
    this.#working.delete(name);
    this.#working.set(name, now);
    if (this.#working.size <= MAX_WORKING_KEYS) return;
    const [oldest] = this.#working.keys();
    if (oldest !== undefined) this.#working.delete(oldest);
  }
}

function optionsFor(maxCallers: number): SharedWindowOptions {
  return { limit: MAX_FAILED_KEYS_PER_MINUTE, windowMs: WINDOW_MS, maxCallers };
}
