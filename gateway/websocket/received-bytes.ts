import type { ByteBudget, ByteHolder } from "../shares/byte-budget.ts";

/** Largest head of a client's frame: RFC 6455, section 5.2. */
const FRAME_HEAD_BYTES = 14;

/**
 * Counts the bytes of a message that has not arrived whole, which the WebSocket library holds and does not report: the
 * bytes that the connection received, less those that were delivered as frames.
 */
export class ReceivedBytes {
  readonly #budget: ByteBudget;
  readonly #holder: ByteHolder;
  #unread = 0;
  #lastChunk = 0;

  constructor(budget: ByteBudget, holder: ByteHolder) {
    this.#budget = budget;
    this.#holder = holder;
  }

  /** The connection brought so many bytes. */
  chunk(bytes: number): void {
    this.#unread += bytes;
    this.#lastChunk = bytes;
    this.#budget.hold(this.#holder, bytes);
  }

  /** A whole message, ping or pong with so many bytes came out. What is left can only be the end of the last chunk. */
  frame(bytes: number): void {
    const left = Math.max(0, Math.min(this.#unread - bytes - FRAME_HEAD_BYTES, this.#lastChunk));
    this.#budget.release(this.#holder, this.#unread - left);
    this.#unread = left;
  }
}
