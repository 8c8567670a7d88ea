import { Valkey } from "iovalkey";
import type { FastStore } from "./fast-store.ts";

export interface ValkeyStoreOptions {
  /** `redis://host:port`, or `rediss://` for TLS, as with ElastiCache. */
  readonly url: string;
  /** Longest wait for one response; one that takes longer closes the store to requests until it is quick again. */
  readonly commandTimeoutMs?: number;
  /** Called when the store closes to requests and when it opens again. */
  readonly onChange?: (isAvailable: boolean) => void;
}

const DEFAULTS = { commandTimeoutMs: 50 } as const;
/** First and longest time between two trials of a store that was slow. */
const TRIAL_MS = { first: 250, longest: 5000 } as const;
/** After so many trials without a response, the connection is taken for dead and made anew. */
const TRIALS_PER_CONNECTION = 3;
const CONNECT_TIMEOUT_MS = 2000;
const RECONNECT_MS = { first: 50, longest: 2000 } as const;
/** Keys per step of a deletion by prefix: a step holds the server for well under a millisecond. */
const SCAN_COUNT = 500;
/** No server limit: a value above this is not worth the wait of the commands after it. */
const MAX_VALUE_BYTES = 8 * 1024 * 1024;

/**
 * A store that all gateways share, in Valkey. No request waits for a connection, and only those that are under way when
 * the store turns slow wait for the time limit: after that, no request uses the store until a trial in the background
 * has succeeded.
 */
export class ValkeyStore implements FastStore {
  readonly #client: Valkey;
  readonly #options: Required<Pick<ValkeyStoreOptions, "commandTimeoutMs">> & ValkeyStoreOptions;
  #isSlow = false;
  #isClosed = false;
  #wasAvailable = false;
  #trials = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ValkeyStoreOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#client = new Valkey(options.url, {
      commandTimeout: this.#options.commandTimeoutMs,
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (times) => Math.min(RECONNECT_MS.first * 2 ** Math.min(times - 1, 10), RECONNECT_MS.longest),
    });
    // Without a listener, a refused connection would end the process.
    this.#client.on("error", () => undefined);
    this.#client.on("ready", () => this.#notifyChange());
    this.#client.on("close", () => this.#notifyChange());
  }

  get isAvailable(): boolean {
    return !this.#isClosed && !this.#isSlow && this.#client.status === "ready";
  }

  async get(key: string): Promise<Buffer | undefined> {
    return (await this.#query(() => this.#client.getBuffer(key))) ?? undefined;
  }

  async set(key: string, value: Buffer, ttlSeconds: number): Promise<boolean> {
    if (value.length > MAX_VALUE_BYTES) return false;
    const milliseconds = Math.max(1, Math.round(ttlSeconds * 1000));
    return (await this.#query(() => this.#client.set(key, value, "PX", milliseconds))) === "OK";
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#query(() => this.#client.unlink(key))) !== undefined;
  }

  async deletePrefix(prefix: string): Promise<number | undefined> {
    const pattern = `${prefix.replace(/[\\*?[\]]/g, "\\$&")}*`;
    let cursor = "0";
    let count = 0;
    do {
      const step = await this.#query(() => this.#client.scan(cursor, "MATCH", pattern, "COUNT", SCAN_COUNT));
      if (step === undefined) return undefined;
      const [next, keys] = step;
      cursor = next;
      if (keys.length === 0) continue;
      const deleted = await this.#query(() => this.#client.unlink(...keys));
      if (deleted === undefined) return undefined;
      count += deleted;
    } while (cursor !== "0");
    return count;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#client.disconnect();
  }

  /** `undefined` when the store can't be reached, or did not respond in time. */
  async #query<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (!this.isAvailable) return undefined;
    try {
      return await command();
    } catch (error) {
      // A refusal came in time (e.g. of a write for which there is no memory): the next command may succeed.
      if (!(error instanceof Error && error.name === "ReplyError")) this.#shut();
      return undefined;
    }
  }

  #shut(): void {
    if (this.#isSlow || this.#isClosed) return;
    this.#isSlow = true;
    this.#trials = 0;
    this.#notifyChange();
    this.#planTrial();
  }

  #planTrial(): void {
    const wait = Math.min(TRIAL_MS.first * 2 ** Math.min(this.#trials, 10), TRIAL_MS.longest);
    this.#timer = setTimeout(() => void this.#try(), wait).unref();
  }

  /** A command in the background, for which no request waits. */
  async #try(): Promise<void> {
    try {
      // While there is no connection, the client itself tries to make one.
      if (this.#client.status === "ready") await this.#client.ping();
      this.#isSlow = false;
      this.#notifyChange();
    } catch {
      if (this.#isClosed) return;
      this.#trials++;
      if (this.#trials % TRIALS_PER_CONNECTION === 0) this.#client.disconnect(true);
      this.#planTrial();
    }
  }

  #notifyChange(): void {
    const { isAvailable } = this;
    if (isAvailable === this.#wasAvailable || this.#isClosed) return;
    this.#wasAvailable = isAvailable;
    this.#options.onChange?.(isAvailable);
  }
}
