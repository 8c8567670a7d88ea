import type { Valkey } from "iovalkey";
import type { FastStore } from "./fast-store.ts";
import { ValkeyConnection, type ValkeyConnectionOptions } from "./valkey-connection.ts";

export type ValkeyStoreOptions = ValkeyConnectionOptions;

/** Keys per step of a deletion by prefix: a step holds the server for well under a millisecond. */
const SCAN_COUNT = 500;
/** No server limit: a value above this is not worth the wait of the commands after it. */
const MAX_VALUE_BYTES = 8 * 1024 * 1024;

/** A store that all gateways share, in Valkey. */
export class ValkeyStore implements FastStore {
  readonly #connection: ValkeyConnection;

  constructor(options: ValkeyStoreOptions) {
    this.#connection = new ValkeyConnection(options);
  }

  get isAvailable(): boolean {
    return this.#connection.isAvailable;
  }

  async get(key: string): Promise<Buffer | undefined> {
    return (await this.#query((client) => client.getBuffer(key))) ?? undefined;
  }

  async set(key: string, value: Buffer, ttlSeconds: number): Promise<boolean> {
    if (value.length > MAX_VALUE_BYTES) return false;
    const milliseconds = Math.max(1, Math.round(ttlSeconds * 1000));
    return (await this.#query((client) => client.set(key, value, "PX", milliseconds))) === "OK";
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#query((client) => client.unlink(key))) !== undefined;
  }

  async deletePrefix(prefix: string): Promise<number | undefined> {
    const pattern = `${prefix.replace(/[\\*?[\]]/g, "\\$&")}*`;
    let cursor = "0";
    let count = 0;
    do {
      const step = await this.#query((client) => client.scan(cursor, "MATCH", pattern, "COUNT", SCAN_COUNT));
      if (step === undefined) return undefined;
      const [next, keys] = step;
      cursor = next;
      if (keys.length === 0) continue;
      const deleted = await this.#query((client) => client.unlink(...keys));
      if (deleted === undefined) return undefined;
      count += deleted;
    } while (cursor !== "0");
    return count;
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /** `undefined` when the store can't be reached, did not respond in time, or refused the command. */
  async #query<T>(command: (client: Valkey) => Promise<T>): Promise<T | undefined> {
    const response = await this.#connection.send(command);
    return response.outcome === "ok" ? response.value : undefined;
  }
}
