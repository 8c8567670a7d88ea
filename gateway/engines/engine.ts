import { Pool } from "undici";
import type { Upstream } from "../targets/upstream.ts";

/** TCP connect inside one VPC takes about a millisecond; after a second the host is not there. */
const CONNECT_TIMEOUT_MS = 1000;
/** Shorter than the 5 s after which vLLM's server (uvicorn) closes an idle connection, so that we never race it. */
const KEEP_ALIVE_MS = 4000;

/** What an engine says of the model that it serves. */
export interface EngineModel {
  /** Weights in use. */
  readonly root: string | undefined;
  /** Context in tokens. */
  readonly contextTokens: number | undefined;
}

export interface EngineOptions {
  readonly id: string;
  readonly origin: string;
  /** `Host` header, where the address alone does not say which pool is meant. */
  readonly host?: string;
  /** Requests that it may hold at once. */
  readonly maxRequests: number;
}

/** One engine and what this gateway knows of it: its connections, its load from here, whether it can take a request. */
export class Engine implements Upstream {
  readonly id: string;
  readonly origin: string;
  readonly pool: Pool;
  /** Headers that every call to it carries. */
  readonly headers: Readonly<Record<string, string>>;
  readonly maxRequests: number;
  /** The target group's word: whether it may get new requests. */
  inService = true;
  /** Whether the last probe was answered 200 and no call has found it dead since. */
  isAlive = false;
  /** Read once after the engine became ready. */
  model: EngineModel | undefined = undefined;
  #inFlight = 0;

  constructor(options: EngineOptions) {
    this.id = options.id;
    this.origin = options.origin;
    this.maxRequests = options.maxRequests;
    this.headers = options.host === undefined ? {} : { host: options.host };
    // Time limits are the stages' own (per route, first byte against whole answer); here they are off.
    this.pool = new Pool(options.origin, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get isReady(): boolean {
    return this.inService && this.isAlive;
  }

  get isFull(): boolean {
    return this.#inFlight >= this.maxRequests;
  }

  /** Counts one request. @returns the function that gives its place back; calling it again does nothing */
  acquire(): () => void {
    this.#inFlight++;
    let isHeld = true;
    return () => {
      if (isHeld) this.#inFlight--;
      isHeld = false;
    };
  }

  /** A call found it gone: no more requests until a probe is answered. */
  markDown(): void {
    this.isAlive = false;
  }

  /** Lets running requests finish, then closes the connections. */
  async close(): Promise<void> {
    await this.pool.close();
  }

  async destroy(): Promise<void> {
    await this.pool.destroy();
  }
}
