import type { SharedCount } from "../core/shared-count.ts";
import type { FastStore } from "../store/fast-store.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { CacheGenerations } from "./cache-generations.ts";
import { type CachedResponse, decodeCachedResponse, encodeCachedResponse } from "./cached-response.ts";
import { RecordingBudget, StreamRecorder } from "./stream-recorder.ts";

export interface ResponseCacheOptions {
  /** Bound of the responses in this process, and of the streams that are being recorded: each at most this. */
  readonly memoryBytes: number;
  /** The store that gateways share. @default - responses are in this process alone */
  readonly store?: FastStore | undefined;
  /** Where the threads of this process meet. */
  readonly clears: SharedCount;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Where a response was found: in this process, or in the store that gateways share. */
export type CacheLevel = "memory" | "shared";

export interface CacheHit {
  readonly response: CachedResponse;
  readonly level: CacheLevel;
  readonly ageSeconds: number;
}

/** A response longer than this is not stored: a megabyte is some 4,000 streamed tokens, or 60 embeddings. */
export const MAX_RESPONSE_BYTES = 1024 * 1024;

/** Responses by their key, in this process and in the store that gateways share. */
export class ResponseCache {
  readonly generations: CacheGenerations;
  readonly #memory: MemoryStore;
  readonly #store: FastStore | undefined;
  readonly #now: () => number;
  readonly #recording: RecordingBudget;

  constructor({ memoryBytes, store, clears, now }: ResponseCacheOptions) {
    this.generations = new CacheGenerations({ store, clears, now });
    this.#memory = new MemoryStore({ maxBytes: memoryBytes, now });
    this.#store = store;
    this.#now = now;
    this.#recording = new RecordingBudget(memoryBytes);
  }

  /** Bytes of the responses in this process. */
  get memoryBytes(): number {
    return this.#memory.bytes;
  }

  get memoryEntries(): number {
    return this.#memory.size;
  }

  /** What the streams that are being recorded take. */
  get recordingBytes(): number {
    return this.#recording.usedBytes;
  }

  /** @param ttlSeconds how old it may be at most */
  async get(key: string, ttlSeconds: number): Promise<CacheHit | undefined> {
    const near = this.#hit(this.#memory.peekShared(key), "memory", ttlSeconds);
    if (near !== undefined || this.#store === undefined) return near;
    const encoded = await this.#store.get(key);
    const far = this.#hit(encoded, "shared", ttlSeconds);
    // The shared store counts from its own write; here the time to live counts from the response's age.
    if (far !== undefined && encoded !== undefined) this.#memory.put(key, encoded, ttlSeconds - far.ageSeconds);
    return far;
  }

  /** Stores a response; the write to the shared store is not waited for. */
  put(key: string, response: CachedResponse, ttlSeconds: number): void {
    if (response.bytes.length > MAX_RESPONSE_BYTES) return;
    const encoded = encodeCachedResponse(response);
    this.#memory.put(key, encoded, ttlSeconds);
    void this.#store?.set(key, encoded, ttlSeconds);
  }

  recorder(): StreamRecorder {
    return new StreamRecorder(this.#recording, MAX_RESPONSE_BYTES);
  }

  /**
   * Drops every response, or every one of a model, here at once and at all gateways within seconds. Its memory is freed
   * as the responses expire or are evicted.
   */
  async clear(model?: string): Promise<void> {
    await this.generations.next(model);
  }

  #hit(encoded: Buffer | undefined, level: CacheLevel, ttlSeconds: number): CacheHit | undefined {
    const response = encoded && decodeCachedResponse(encoded);
    if (response === undefined) return undefined;
    const ageSeconds = Math.max(0, Math.floor((this.#now() - response.storedAt) / 1000));
    return ageSeconds > ttlSeconds ? undefined : { response, level, ageSeconds };
  }
}
