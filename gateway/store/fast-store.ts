/**
 * Short-lived bytes beside the durable truth: cached answers, snapshots, anything that may be lost. It is in this
 * process (`MemoryStore`) or shared by all gateways (`ValkeyStore`). No method rejects, and none takes longer than the
 * store's time limit: a store that is slow or gone looks empty, and what is written to it then is lost.
 *
 * Keys are ASCII text that begins with its owner's name, e.g. `cache:`.
 */
export interface FastStore {
  /** @returns a buffer of the caller's own; `undefined` when there is none, it has expired, or the store can't be asked */
  get(key: string): Promise<Buffer | undefined>;
  /**
   * Keeps a copy of the value.
   * @param ttlSeconds more than 0; whole milliseconds count
   * @returns whether it was kept: not when it is too large, or the store can't be asked
   */
  set(key: string, value: Buffer, ttlSeconds: number): Promise<boolean>;
  /** @returns whether the key is certainly gone now */
  delete(key: string): Promise<boolean>;
  /** Deletes every key that begins so. @returns how many there were; `undefined` when some may be left */
  deletePrefix(prefix: string): Promise<number | undefined>;
  /** Whether it can be asked at this moment. */
  readonly isAvailable: boolean;
  /** Ends its connections and timers; it looks empty from then on. */
  close(): Promise<void>;
}
