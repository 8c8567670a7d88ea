import type { ServerResponse } from "node:http";
import type { ByteSink } from "../core/response.ts";
import { afterRead, type ReadFollower } from "./after-read.ts";

/** Larger pieces are not copied into text; a stream's chunk has some hundred bytes, a whole response some kilobytes. */
export const MAX_TEXT_BYTES = 16_384;
const LAST_CHUNK = "0\r\n\r\n";

/**
 * A response on a socket that takes a streamed body. It writes the chunks of HTTP/1.1 itself, as text of one byte a
 * character: Node would write length, bytes and line end as three buffers. Those of one turn of the event loop leave in one
 * write, which goes to the socket once the head is sent: `response.write` corks and uncorks it (docs/decisions/044).
 */
export class ResponseSink implements ByteSink, ReadFollower {
  readonly #response: ServerResponse;
  /** Whether the body is sent in chunks: not to a client of HTTP/1.0, nor where the length is known. */
  readonly #isChunked: boolean;
  /** Chunks that were not written yet. */
  #text = "";
  #isHeadSent = false;

  /** @param response whose head is written */
  constructor(response: ServerResponse) {
    this.#response = response;
    this.#isChunked = response.chunkedEncoding && response.req.method !== "HEAD";
    response.chunkedEncoding = false;
  }

  get isClosed(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  write(bytes: Buffer): boolean {
    if (!this.#isChunked) return this.#response.write(bytes);
    if (bytes.length === 0) return true;
    if (bytes.length <= MAX_TEXT_BYTES) {
      if (this.#text === "") afterRead(this);
      this.#text += chunkText(bytes);
      const { socket } = this.#response;
      return !(socket ?? this.#response).writableNeedDrain;
    }
    this.#flush();
    this.#response.write(`${bytes.length.toString(16)}\r\n`, "latin1");
    this.#response.write(bytes);
    return this.#response.write("\r\n", "latin1");
  }

  end(bytes?: Buffer): void {
    if (!this.#isChunked) return void this.#response.end(bytes);
    if (bytes !== undefined) this.write(bytes);
    const text = this.#text + LAST_CHUNK;
    this.#text = "";
    this.#response.end(text, "latin1");
  }

  destroy(): void {
    this.#response.destroy();
  }

  onDrain(listener: () => void): void {
    this.#response.on("drain", listener);
  }

  onClose(listener: () => void): void {
    this.#response.on("close", listener);
  }

  /** The events of the read are there, for one write. */
  onReadEnd(): void {
    this.#flush();
  }

  #flush(): void {
    const text = this.#text;
    if (text === "") return;
    this.#text = "";
    const response = this.#response;
    const { socket } = response;
    // A response has no socket before those of earlier requests of the connection are over.
    if (this.#isHeadSent && socket?.writable === true) {
      const wasFull = socket.writableNeedDrain;
      if (!socket.write(text, "latin1") && !wasFull) socket.once("drain", () => response.emit("drain"));
    } else response.write(text, "latin1");
    this.#isHeadSent = true;
  }
}

function chunkText(bytes: Buffer): string {
  return `${bytes.length.toString(16)}\r\n${bytes.toString("latin1")}\r\n`;
}
