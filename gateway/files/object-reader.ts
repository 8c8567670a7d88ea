import { Readable } from "node:stream";

export interface ObjectReaderOptions {
  /** Requests the object; the signal ends the request and the body that follows. @throws what its caller shall see */
  readonly open: (signal: AbortSignal) => Promise<unknown>;
  /** Longest wait for the response's head, or for the next chunk of its body, in milliseconds. */
  readonly stallMs: number;
}

const DONE: IteratorResult<Buffer, undefined> = { done: true, value: undefined };

/**
 * The chunks of one stored object. The request starts with the first `next`. `return` releases the connection at once,
 * also while a `next` waits for a body that stalls: an async generator would wait for that chunk first.
 */
export class ObjectReader implements AsyncIterableIterator<Buffer, undefined> {
  readonly #options: ObjectReaderOptions;
  readonly #abort = new AbortController();
  #body: Readable | undefined;
  #chunks: AsyncIterator<unknown> | undefined;
  #isClosed = false;
  #stalled: Error | undefined;

  constructor(options: ObjectReaderOptions) {
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws what `open` throws, the body's error, or a `TimeoutError` when no byte arrives for `stallMs` */
  async next(): Promise<IteratorResult<Buffer, undefined>> {
    if (this.#isClosed) return DONE;
    const timer = setTimeout(() => this.#stall(), this.#options.stallMs);
    try {
      this.#chunks ??= await this.#open();
      const { done, value } = await this.#chunks.next();
      if (done === true) this.#close();
      else if (!Buffer.isBuffer(value)) throw new Error("The object's body is text; bytes were expected.");
      else return { done: false, value };
      return DONE;
    } catch (error) {
      if (this.#stalled !== undefined) throw this.#stalled;
      if (this.#isClosed) return DONE;
      this.#close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  return(): Promise<IteratorResult<Buffer, undefined>> {
    this.#close();
    return Promise.resolve(DONE);
  }

  async #open(): Promise<AsyncIterator<unknown>> {
    const body = await this.#options.open(this.#abort.signal);
    if (!(body instanceof Readable)) throw new Error("The object's response has no body that can be read.");
    this.#body = body;
    // Destroyed without a reader, its error would end the process.
    body.on("error", () => undefined);
    if (this.#isClosed) body.destroy();
    return body[Symbol.asyncIterator]();
  }

  #stall(): void {
    this.#stalled = new Error(`The object store sent nothing for ${this.#options.stallMs} ms; the read was ended.`);
    this.#stalled.name = "TimeoutError";
    this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#abort.abort();
    this.#body?.destroy();
  }
}
