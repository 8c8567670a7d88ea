/**
 * Short-lived bytes beside the durable tables: cached responses, snapshots, bytes that may be lost. It is in this
 * process (`MemoryStore`) or shared by all gateways (`ValkeyStore`). No method rejects, and none takes longer than the
 * store's time limit: a store that is slow or gone looks empty, and bytes written to it then are lost.
 *
 * Keys are ASCII text that begins with its owner's name, e.g. `cache:`.
 */
export interface FastStore {
  /**
   * @returns a buffer of the caller's own; `undefined` when there is none, it has expired, or the store can't be
   * reached
   */
  get(key: string): Promise<Buffer | undefined>;
  /**
   * Stores a copy of the value.
   * @param ttlSeconds more than 0; whole milliseconds count
   * @returns whether it was stored: not when it is too large, or the store can't be reached
   */
  set(key: string, value: Buffer, ttlSeconds: number): Promise<boolean>;
  /** @returns whether the key is certainly deleted now */
  delete(key: string): Promise<boolean>;
  /** Deletes every key that begins so. @returns how many there were; `undefined` when some may be left */
  deletePrefix(prefix: string): Promise<number | undefined>;
  /** Whether it can be reached at this moment. */
  readonly isAvailable: boolean;
  /** Ends its connections and timers; it looks empty from then on. */
  close(): Promise<void>;
}
