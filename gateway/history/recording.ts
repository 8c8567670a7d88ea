import { MAX_GENERATION_BYTES } from "../../domain/history/generation-content.ts";
import type { RequestBody } from "../core/request.ts";
import type { ByteSink, GatewayResponse } from "../core/response.ts";

/** Of one response; what comes later counts to the last one. The longest responses of models have some ten thousand. */
const MAX_CHUNKS = 50_000;
/** Of a buffer and a pair of numbers. */
const CHUNK_OVERHEAD_BYTES = 150;

/** What the recordings of a thread hold together, those that wait to be written included. */
export interface HeldBytes {
  /** @returns whether there is room for them */
  tryHold(bytes: number): boolean;
  release(bytes: number): void;
}

/** The bodies of one request and its response, as they pass. It never delays them, and gives up where there is no capacity. */
export class Recording {
  /** Days for which it is to be stored. @default - the environment's */
  readonly keepDays: number | undefined;
  readonly #held: HeldBytes;
  readonly #now: () => number;
  readonly #startedAt: number;
  #request: Buffer = Buffer.alloc(0);
  #response: Buffer[] = [];
  #chunks: [ms: number, bytes: number][] = [];
  #contentType = "";
  #bytes = 0;
  #isLost = false;

  /** @param keepDays of the project. @default - the environment's */
  constructor(held: HeldBytes, now: () => number, startedAt: number, keepDays?: number) {
    this.keepDays = keepDays;
    this.#held = held;
    this.#now = now;
    this.#startedAt = startedAt;
  }

  /** Bytes that it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a part of it did not fit. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** A body that is recorded when it is read as a whole, as those of generations are. */
  ofRequest(body: RequestBody): RequestBody {
    return {
      whole: async (limitBytes, tenant) => {
        const bytes = await body.whole(limitBytes, tenant);
        if (this.#hold(bytes.length)) this.#request = bytes;
        return bytes;
      },
      chunks: () => body.chunks(),
    };
  }

  ofResponse(response: GatewayResponse): GatewayResponse {
    const { body } = response;
    this.#contentType = response.headers["content-type"] ?? "";
    if (body.kind === "bytes") this.#add(body.bytes);
    if (body.kind !== "stream") return response;
    return { ...response, body: { kind: "stream", send: (sink) => body.send(this.#recorded(sink)) } };
  }

  content() {
    return {
      request: this.#request,
      response: Buffer.concat(this.#response),
      contentType: this.#contentType,
      chunks: this.#chunks,
    };
  }

  /** Gives up what it holds. */
  release(): void {
    this.#held.release(this.#bytes);
    this.#bytes = 0;
    this.#request = Buffer.alloc(0);
    this.#response = [];
    this.#chunks = [];
  }

  #recorded(sink: ByteSink): ByteSink {
    return {
      get isClosed() {
        return sink.isClosed;
      },
      write: (bytes) => {
        this.#add(bytes);
        return sink.write(bytes);
      },
      end: (bytes) => {
        if (bytes !== undefined) this.#add(bytes);
        sink.end(bytes);
      },
      destroy: () => sink.destroy(),
      onDrain: (listener) => sink.onDrain(listener),
      onClose: (listener) => sink.onClose(listener),
    };
  }

  #add(bytes: Buffer): void {
    if (bytes.length === 0 || !this.#hold(bytes.length + CHUNK_OVERHEAD_BYTES)) return;
    // A copy: what was written may be a small part of a large buffer, which would stay with it.
    this.#response.push(Buffer.from(bytes));
    const last = this.#chunks.at(-1);
    if (last !== undefined && this.#chunks.length >= MAX_CHUNKS) last[1] += bytes.length;
    else this.#chunks.push([Math.round((this.#now() - this.#startedAt) * 10) / 10, bytes.length]);
  }

  #hold(bytes: number): boolean {
    if (this.#isLost) return false;
    if (this.#bytes + bytes <= MAX_GENERATION_BYTES && this.#held.tryHold(bytes)) {
      this.#bytes += bytes;
      return true;
    }
    this.#isLost = true;
    this.release();
    return false;
  }
}
