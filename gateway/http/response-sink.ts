import type { ServerResponse } from "node:http";
import type { ByteSink } from "../core/response.ts";

/** Larger pieces are not copied into text; a stream's chunk has some hundred bytes, a whole response some kilobytes. */
export const MAX_TEXT_BYTES = 16_384;
const LAST_CHUNK = "0\r\n\r\n";

/**
 * A response on a socket that takes a streamed body. It writes the chunks of HTTP/1.1 itself, each as one text of one byte a
 * character: Node would write length, bytes and line end as three buffers (docs/decisions/044).
 */
export class ResponseSink implements ByteSink {
  readonly #response: ServerResponse;
  /** Whether the body is sent in chunks: not to a client of HTTP/1.0, nor where the length is known. */
  readonly #isChunked: boolean;

  /** @param response whose head is written */
  constructor(response: ServerResponse) {
    this.#response = response;
    this.#isChunked = response.chunkedEncoding;
    response.chunkedEncoding = false;
  }

  get isClosed(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  write(bytes: Buffer): boolean {
    if (!this.#isChunked) return this.#response.write(bytes);
    if (bytes.length === 0) return true;
    if (bytes.length <= MAX_TEXT_BYTES) return this.#response.write(chunkText(bytes), "latin1");
    this.#response.write(`${bytes.length.toString(16)}\r\n`, "latin1");
    this.#response.write(bytes);
    return this.#response.write("\r\n", "latin1");
  }

  end(bytes?: Buffer): void {
    if (!this.#isChunked) return void this.#response.end(bytes);
    if (bytes === undefined || bytes.length === 0) return void this.#response.end(LAST_CHUNK, "latin1");
    if (bytes.length <= MAX_TEXT_BYTES) return void this.#response.end(chunkText(bytes) + LAST_CHUNK, "latin1");
    this.write(bytes);
    this.#response.end(LAST_CHUNK, "latin1");
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
}

function chunkText(bytes: Buffer): string {
  return `${bytes.length.toString(16)}\r\n${bytes.toString("latin1")}\r\n`;
}
