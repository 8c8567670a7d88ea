import type { Transform } from "node:stream";
import { createBrotliDecompress, createInflate, createInflateRaw } from "node:zlib";
import { Gunzip } from "./gunzip.ts";
import { type BodySource, UpstreamBody } from "./upstream-body.ts";

/** Takes a compressed response's bytes and passes what they stand for on to its body. */
export interface BodyDecoder {
  readonly body: UpstreamBody;
  push(chunk: Buffer): void;
  /** All bytes have come, or `error` broke the response off. */
  end(error?: Error): void;
}

/** By encoding: what unpacks a response that begins with this byte. */
const DECODERS = {
  gzip: () => new Gunzip(),
  "x-gzip": () => new Gunzip(),
  // In the zlib format (RFC 9110, section 8.4.1.2), whose first byte names the method 8; some servers send it raw.
  deflate: (first: number): Transform => ((first & 0x0f) === 8 ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
} as const;

/** Milliseconds for which bytes behind the end of a compressed response are read, so that its connection may stay. */
const LATER_MS = 1000;

/**
 * Some servers compress although `identity` was asked for. A reader that is behind holds the decoder back, which holds the
 * connection back: some kilobytes of a compressed response may stand for gigabytes. Bytes behind the end of the
 * compressed ones are ignored.
 * @param connection of the response
 * @returns `undefined` for a body that is not compressed
 */
export function bodyDecoder(encoding: string | undefined, connection: BodySource): BodyDecoder | undefined {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  return isKnown(name) ? new StreamDecoder(DECODERS[name], connection) : undefined;
}

function isKnown(name: string): name is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, name);
}

class StreamDecoder implements BodyDecoder {
  readonly body: UpstreamBody;
  readonly #open: (first: number) => Transform;
  readonly #connection: BodySource;
  #stream: Transform | undefined;
  /** Runs once the compressed bytes have ended before the response has. */
  #later: NodeJS.Timeout | undefined;

  constructor(open: (first: number) => Transform, connection: BodySource) {
    this.#open = open;
    this.#connection = connection;
    this.body = new UpstreamBody({
      pause: () => void this.#stream?.pause(),
      resume: () => void this.#stream?.resume(),
      abort: (reason) => {
        this.#stream?.destroy();
        connection.abort(reason);
      },
    });
  }

  push(chunk: Buffer): void {
    const [first] = chunk;
    if (first === undefined) return;
    this.#stream ??= this.#start(first);
    if (!this.#stream.destroyed && !this.#stream.write(chunk)) this.#connection.pause();
  }

  end(error?: Error): void {
    clearTimeout(this.#later);
    if (error === undefined && this.#stream !== undefined) {
      this.#stream.end();
      return;
    }
    this.body.end(error);
    this.#stream?.destroy();
  }

  #start(first: number): Transform {
    const { body } = this;
    const stream = this.#open(first);
    if (body.isPaused) stream.pause();
    stream.on("data", (chunk: Buffer) => {
      body.push(chunk);
      // Nobody reads on: what is left is not unpacked either.
      if (body.isClosed) stream.destroy();
    });
    stream.on("drain", () => this.#connection.resume());
    stream.once("end", () => {
      body.end();
      this.#ignoreRest(stream);
    });
    stream.once("error", (error) => body.end(error));
    return stream;
  }

  #ignoreRest(stream: Transform): void {
    if (stream.writableEnded) return;
    stream.destroy();
    this.#connection.resume();
    const reason = new Error("The response goes on behind the end of its compressed bytes.");
    this.#later = setTimeout(() => this.#connection.abort(reason), LATER_MS);
  }
}
