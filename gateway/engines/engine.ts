import { buildConnector, Pool } from "undici";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Slot, Upstream } from "../core/upstream.ts";
import { connectorInPieces } from "../http/upstream/read-in-pieces.ts";
import { sequenceCount } from "../outside-values/completion-count.ts";
import type { PoolRouting, SentRequest } from "./pool-routing.ts";
import type { EngineLoad } from "./read-engine-load.ts";

/** TCP connect inside one VPC takes about a millisecond; after a second the host is not there. */
const CONNECT_TIMEOUT_MS = 1000;
/** Shorter than the 5 s after which vLLM's server (uvicorn) closes an idle connection, so that we never race it. */
const KEEP_ALIVE_MS = 4000;

/** Connections beside those of requests: for probes, which must not wait for a request to end. */
const SPARE_CONNECTIONS = 2;

/** vLLM's header for the copy that takes a request; without it vLLM chooses by their load. */
const RANK_HEADER = "x-data-parallel-rank";

/** An engine's description of the model that it serves. */
export interface EngineModel {
  /** Weights in use. */
  readonly root: string | undefined;
  /** Context in tokens. */
  readonly contextTokens: number | undefined;
  /** Of its server, as vLLM says it. */
  readonly version: string | undefined;
}

export interface EngineOptions {
  readonly id: string;
  readonly origin: string;
  /** `Host` header, where the address alone does not name the pool. */
  readonly host?: string;
  /** Its number among the copies of the model behind the address, from 0. @default - it is the only one */
  readonly rank?: number | undefined;
  /** Requests that it may hold at once; one with several completions counts as so many, as vLLM counts it. */
  readonly maxRequests: number;
  /** Is called about its health and its requests. @default - no choice among several engines */
  readonly routing?: PoolRouting;
}

/** One engine as this gateway sees it: its connections, its load from here, whether it can take a request. */
export class Engine implements Upstream {
  readonly id: string;
  readonly origin: string;
  readonly pool: Pool;
  /** Headers that every call to it carries. */
  readonly headers: Readonly<Record<string, string>>;
  readonly maxRequests: number;
  readonly rank: number | undefined;
  /** The target group's word: whether it may get new requests. */
  inService = true;
  /** Read once after the engine became ready. */
  model: EngineModel | undefined = undefined;
  /** What it reported the last time it was probed; `undefined` where it has no metrics, or they could not be read. */
  load: EngineLoad | undefined = undefined;
  readonly #routing: PoolRouting | undefined;
  #isAlive = false;
  #wasAlive = false;
  #inFlight = 0;

  constructor(options: EngineOptions) {
    this.id = options.id;
    this.origin = options.origin;
    this.maxRequests = options.maxRequests;
    this.#routing = options.routing;
    this.rank = options.rank;
    this.headers = {
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(options.rank === undefined ? {} : { [RANK_HEADER]: String(options.rank) }),
    };
    // Time limits are set by the pipeline's steps (per route, first byte against whole response); here they are off.
    this.pool = new Pool(options.origin, {
      connect: connectorInPieces(buildConnector({ timeout: CONNECT_TIMEOUT_MS, allowH2: false })),
      connections: Number.isFinite(options.maxRequests) ? options.maxRequests + SPARE_CONNECTIONS : null,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    });
  }

  /** Whether the last probe got 200 and no call has found it dead since. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  set isAlive(isAlive: boolean) {
    this.#isAlive = isAlive;
    this.#wasAlive ||= isAlive;
    if (isAlive) this.#routing?.joined(this);
    else this.#routing?.left(this);
  }

  /** Whether a probe has ever got 200: an engine that was never alive is starting. */
  get wasAlive(): boolean {
    return this.#wasAlive;
  }

  /** Sequences of requests in progress from here. */
  get inFlight(): number {
    return this.#inFlight;
  }

  get isReady(): boolean {
    return this.inService && this.isAlive;
  }

  /** Whether it has no slots for a request now. */
  isFullFor(request: GenerationRequest): boolean {
    return this.#inFlight + this.#slotsOf(request) > this.maxRequests;
  }

  /** Counts one request; the caller has checked that the engine has slots for it. */
  acquire(request: GenerationRequest): Slot {
    const slots = this.#slotsOf(request);
    this.#inFlight += slots;
    return new EngineSlot(this.#routing?.sent(this, request), () => {
      this.#inFlight -= slots;
    });
  }

  /** A list of many prompts, which the engine takes one after the other, needs no more than all of it. */
  #slotsOf({ fields }: GenerationRequest): number {
    return Math.min(sequenceCount(fields), this.maxRequests);
  }

  /** A call found it dead: no more requests until a probe succeeds. */
  markDown(): void {
    this.isAlive = false;
  }

  /** Lets running requests finish, then closes the connections. */
  async close(): Promise<void> {
    this.#routing?.left(this);
    await this.pool.close();
  }

  async destroy(): Promise<void> {
    this.#routing?.left(this);
    await this.pool.destroy();
  }
}

class EngineSlot implements Slot {
  readonly #sent: SentRequest | undefined;
  #free: (() => void) | undefined;

  constructor(sent: SentRequest | undefined, free: () => void) {
    this.#sent = sent;
    this.#free = free;
  }

  sawFirstByte(): void {
    this.#sent?.firstToken();
  }

  release(): void {
    const free = this.#free;
    if (free === undefined) return;
    this.#free = undefined;
    free();
    this.#sent?.end();
  }
}
