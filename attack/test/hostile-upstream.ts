import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Writable } from "node:stream";
import { parentPort } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { DIALECT_SHAPES } from "./dialect-shapes.ts";
import { OPENAI_SHAPES, type UpstreamShape } from "./upstream-shapes.ts";

const UPSTREAM_SHAPES = [...OPENAI_SHAPES, ...DIALECT_SHAPES];

/**
 * A server that responds to each request with the shape whose number its prompt has. It runs in a thread of its
 * own, so that its work is not the gateway's.
 */
const server = createServer(async (request, response) => {
  response.on("error", () => undefined);
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const shape = UPSTREAM_SHAPES[Number(/shape (\d+)/.exec(text)?.[1])];
  if (shape !== undefined) respond(response, shape, text.includes('"stream":true'));
});

/** Made before the first request: to pack 50 MB takes a while, and memory. */
const made = new Map<UpstreamShape, Buffer>();

function bytesOf(shape: UpstreamShape): Buffer {
  const known = made.get(shape);
  if (known !== undefined) return known;
  const plain = Buffer.from(shape.body());
  const packed = shape.encoding === "gzip" ? gzipSync(plain) : plain;
  const bytes = shape.framing === "bytewise" ? bytewise(packed) : packed;
  made.set(shape, bytes);
  return bytes;
}

/** The chunked transfer coding of these bytes, each in a chunk of its own, and of their end. */
function bytewise(bytes: Buffer): Buffer {
  const chunk = Buffer.from("1\r\n?\r\n");
  const end = Buffer.from("0\r\n\r\n");
  const framed = Buffer.alloc(bytes.length * chunk.length + end.length, chunk);
  for (const [at, byte] of bytes.entries()) framed[at * chunk.length + 3] = byte;
  end.copy(framed, bytes.length * chunk.length);
  return framed;
}

/** As fast as it is read. */
async function sendTimes(response: Writable, { first, times = 1 }: UpstreamShape, bytes: Buffer) {
  if (first !== undefined) response.write(first());
  for (let sent = 0; sent < times && !response.destroyed; sent++)
    if (!response.write(bytes)) await Promise.race([once(response, "drain"), once(response, "close")]);
  response.end();
}

function respond(response: ServerResponse, shape: UpstreamShape, isStream: boolean) {
  const { encoding, framing, status = 200, headers } = shape;
  const bytes = bytesOf(shape);
  if (shape.isRaw && response.socket !== null) {
    response.socket.on("error", () => undefined);
    // The gateway resets the connection of a response that it has given up.
    sendTimes(response.socket, shape, bytes).catch(() => undefined);
    return;
  }
  response.writeHead(status, {
    "content-type": isStream ? "text/event-stream" : "application/json",
    ...(encoding === undefined ? {} : { "content-encoding": encoding }),
    ...headers,
  });
  if (framing !== "bytewise") return void sendTimes(response, shape, bytes);
  response.flushHeaders();
  response.socket?.write(bytes);
}

for (const shape of UPSTREAM_SHAPES) bytesOf(shape);
server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
