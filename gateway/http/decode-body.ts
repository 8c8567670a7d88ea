import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { type BodySource, UpstreamBody } from "./upstream-body.ts";

/** Takes a compressed response's bytes and passes what they stand for on to its body. */
export interface BodyDecoder {
  readonly body: UpstreamBody;
  push(chunk: Buffer): void;
  /** All bytes have come, or `error` broke the response off. */
  end(error?: Error): void;
}

const DECODERS = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const;

/**
 * Some servers compress although `identity` was asked for. A reader that is behind holds the decoder back, which holds the
 * connection back: some kilobytes of a compressed response may stand for gigabytes.
 * @param connection of the response
 * @returns `undefined` for a body that is not compressed
 */
export function bodyDecoder(encoding: string | undefined, connection: BodySource): BodyDecoder | undefined {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (!isKnown(name)) return undefined;
  const stream = DECODERS[name]();
  const body = new UpstreamBody({
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    abort(reason) {
      stream.destroy();
      connection.abort(reason);
    },
  });
  stream.on("data", (chunk: Buffer) => {
    body.push(chunk);
    // Nobody reads on: what is left is not unpacked either.
    if (body.isClosed) stream.destroy();
  });
  stream.on("drain", () => connection.resume());
  stream.once("end", () => body.end());
  stream.once("error", (error) => body.end(error));
  return {
    body,
    push: (chunk) => {
      if (!stream.destroyed && !stream.write(chunk)) connection.pause();
    },
    end(error) {
      if (error === undefined) stream.end();
      else body.end(error);
    },
  };
}

function isKnown(name: string): name is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, name);
}
