import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { UpstreamBody } from "./upstream-body.ts";

/** Takes a compressed response's bytes and passes what they stand for on to its body. */
export interface BodyDecoder {
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

/** Some servers compress although `identity` was asked for. @returns `undefined` for a body that is not compressed */
export function bodyDecoder(encoding: string | undefined, body: UpstreamBody): BodyDecoder | undefined {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (!isKnown(name)) return undefined;
  const stream = DECODERS[name]();
  stream.on("data", (chunk: Buffer) => {
    body.push(chunk);
    // Nobody reads on: what is left is not unpacked either.
    if (body.isClosed) stream.destroy();
  });
  stream.once("end", () => body.end());
  stream.once("error", (error) => body.end(error));
  return {
    push: (chunk) => {
      if (!stream.destroyed) stream.write(chunk);
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
