import { IncomingMessage } from "node:http";

/**
 * Chunks of one body that are passed on as they come. A client may send each byte in a chunk of its own, so that one read
 * of the socket, 64 KiB, has 11,000 of them.
 */
const MAX_CHUNKS_IN_TURN = 256;

/**
 * A request whose body gives way to the thread's other work: once it came in very many chunks, its socket is read once in a
 * turn of the event loop, and what that brought is passed on together in the next turn.
 */
export class PacedRequest extends IncomingMessage {
  #chunks = 0;
  /** What came in this turn and waits for the next one. */
  #waiting: Buffer[] | undefined;

  /** @returns false to stop reading; the next `_read` of the stream, after a `push` of its own, reads on */
  override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    if (this.#waiting === undefined) {
      if (chunk === null || ++this.#chunks < MAX_CHUNKS_IN_TURN) return super.push(chunk, encoding);
      this.#waiting = [];
      setImmediate(PacedRequest.#pushWaiting, this);
    }
    if (chunk !== null) {
      this.#waiting.push(chunk);
      return false;
    }
    PacedRequest.#pushWaiting(this);
    return super.push(null);
  }

  static #pushWaiting(request: PacedRequest): void {
    const waiting = request.#waiting;
    if (waiting === undefined) return;
    request.#waiting = undefined;
    request.#chunks = 0;
    if (!request.destroyed) request.#pushNow(Buffer.concat(waiting));
  }

  #pushNow(bytes: Buffer): void {
    super.push(bytes);
  }
}
