import type { IncomingMessage } from "node:http";
import { header } from "../../http/server.ts";

/**
 * The object's bytes. The SDK may send them in chunks with a checksum behind the last (`aws-chunked`): each chunk is its
 * length in hexadecimal, a line break, the bytes, a line break; length 0 ends them.
 */
export async function* bodyOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  if (!/\baws-chunked\b/.test(header(request, "content-encoding") ?? "")) {
    for await (const chunk of request) yield Buffer.from(chunk);
    return;
  }
  let held = Buffer.alloc(0);
  let left = 0;
  for await (const piece of request) {
    held = Buffer.concat([held, Buffer.from(piece)]);
    for (;;) {
      if (left > 0) {
        const data = held.subarray(0, left);
        if (data.length > 0) yield data;
        left -= data.length;
        held = held.subarray(data.length);
        if (left > 0) break;
        left = -2; // the line break behind the bytes
      }
      if (left < 0) {
        if (held.length < 2) break;
        held = held.subarray(2);
        left = 0;
      }
      const at = held.indexOf("\r\n");
      if (at < 0) break;
      left = Number.parseInt(held.toString("latin1", 0, at), 16);
      held = held.subarray(at + 2);
      if (!(left > 0)) {
        request.resume();
        return;
      }
    }
  }
}

/** The body as text. */
export async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bodyOf(request)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
