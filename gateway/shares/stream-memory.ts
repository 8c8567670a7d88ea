import { ByteBudget, type ByteHolder, HeldBytes } from "./byte-budget.ts";

/**
 * Bytes that one stream may hold until it ends: text that another dialect has behind its tool calls, or in its last event. 128,000
 * tokens, the longest response of any model, take 5.4 MB of it, one in each event.
 */
const MAX_STREAM_BYTES = 8 * 1024 * 1024;
/** The same of all streams of one thread; beyond it, the stream that holds the most ends. */
const MAX_STREAMS_BYTES = 64 * 1024 * 1024;

/** What the streams of one thread hold of their responses. */
export class StreamMemory {
  readonly #budget = new ByteBudget(MAX_STREAMS_BYTES);

  /** @param onFull called when the stream holds too much, and has to end */
  open(onFull: () => void): StreamHold {
    return new StreamHold(this.#budget, onFull);
  }
}

/** What one stream holds. */
export class StreamHold implements ByteHolder {
  readonly held = new HeldBytes();
  readonly #budget: ByteBudget;
  readonly #onFull: () => void;
  #bytes = 0;

  constructor(budget: ByteBudget, onFull: () => void) {
    this.#budget = budget;
    this.#onFull = onFull;
  }

  /** The stream holds so many bytes now. May end this stream, or another one. */
  set(bytes: number): void {
    const added = bytes - this.#bytes;
    if (added === 0) return;
    this.#bytes = bytes;
    if (bytes > MAX_STREAM_BYTES) this.#onFull();
    else if (added > 0) this.#budget.hold(this, added);
    else this.#budget.release(this, -added);
  }

  evict(): void {
    this.#onFull();
  }

  /** The stream is over. */
  end(): void {
    this.#budget.forget(this);
  }
}
