import type { ByteBudget, ByteHolder } from "../shares/byte-budget.ts";

/** Largest head of a client's frame, and that of a control frame, whose payload is short: RFC 6455, section 5.2. */
const FRAME_HEAD_BYTES = 14;
const CONTROL_HEAD_BYTES = 6;

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

  /** The connection brought so many bytes. Called before the frames in them. */
  chunk(bytes: number): void {
    this.#unread += bytes;
    this.#lastChunk = bytes;
    this.#budget.hold(this.#holder, bytes);
  }

  /** A whole message of so many bytes came out. What is left can only be the end of the last chunk. */
  message(bytes: number): void {
    this.#keep(Math.min(this.#unread - bytes - FRAME_HEAD_BYTES, this.#lastChunk));
  }

  /** A ping or pong with so many bytes came out. It may come between the parts of a message, which are still held. */
  control(bytes: number): void {
    this.#keep(this.#unread - bytes - CONTROL_HEAD_BYTES);
  }

  #keep(bytes: number): void {
    const left = Math.max(0, bytes);
    this.#budget.release(this.#holder, this.#unread - left);
    this.#unread = left;
  }
}
