import type { WholeResponse } from "../core/dialect.ts";

/** A whole response as its client parses it. */
export function jsonOfWhole({ bytes, fields }: WholeResponse) {
  return JSON.parse(bytes?.toString() ?? JSON.stringify(fields));
}

/** The bytes of a small response, which is written at once. */
export function writtenAtOnce(bytes: Buffer | Promise<Buffer>): Buffer {
  if (bytes instanceof Promise) throw new Error("The response is written in turns: it is too large for this test.");
  return bytes;
}
