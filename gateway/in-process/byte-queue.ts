import type { ByteSink, GatewayResponse } from "../core/response.ts";

/** Bytes that a reader may be behind before the sender has to wait. */
const HIGH_WATER_BYTES = 65_536;

/**
 * The bytes of a streamed response for a reader in this process, as an async iterable. A reader that stops early closes
 * it for the sender, as a client that leaves does.
 */
export class ByteQueue implements ByteSink {
  readonly #chunks: Buffer[] = [];
  readonly #onDrain: (() => void)[] = [];
  readonly #onClose: (() => void)[] = [];
  #bytes = 0;
  #isEnded = false;
  #isBroken = false;
  #isClosed = false;
  #needsDrain = false;
  #wake: (() => void) | undefined = undefined;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  write(bytes: Buffer): boolean {
    if (this.#isEnded || this.#isClosed) return true;
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    this.#needsDrain = this.#bytes > HIGH_WATER_BYTES;
    this.#wake?.();
    return !this.#needsDrain;
  }

  end(bytes?: Buffer): void {
    if (bytes !== undefined) this.write(bytes);
    this.#isEnded = true;
    this.#wake?.();
  }

  destroy(): void {
    this.#isBroken = true;
    this.end();
    this.#close();
  }

  onDrain(listener: () => void): void {
    this.#onDrain.push(listener);
  }

  onClose(listener: () => void): void {
    this.#onClose.push(listener);
  }

  /** @throws when the response was broken off */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          this.#bytes -= chunk.length;
          yield chunk;
          this.#drained();
        } else if (this.#isBroken) throw new Error("The response was broken off.");
        else if (this.#isEnded) return;
        else await this.#next();
      }
    } finally {
      this.#close();
    }
  }

  #drained(): void {
    if (!this.#needsDrain || this.#bytes > HIGH_WATER_BYTES / 2) return;
    this.#needsDrain = false;
    for (const listener of this.#onDrain) listener();
  }

  async #next(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const listener of this.#onClose) listener();
  }
}

/** The chunks of a response's body, streamed or not. @throws when it was broken off */
export async function* bodyChunks({ body }: GatewayResponse): AsyncGenerator<Buffer> {
  if (body.kind === "none") throw new Error("The request was aborted.");
  if (body.kind === "bytes") return yield body.bytes;
  const queue = new ByteQueue();
  const sent = body.send(queue);
  yield* queue;
  await sent;
}

/** The whole body of a response, streamed or not. @throws when it was broken off */
export async function wholeBody(response: GatewayResponse): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bodyChunks(response)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
