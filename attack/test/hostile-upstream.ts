import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
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

/** Made before the first request: to pack 50 MB takes a while. */
const made = new Map<UpstreamShape, Buffer>();

function bytesOf(shape: UpstreamShape): Buffer {
  const known = made.get(shape);
  if (known !== undefined) return known;
  const plain = Buffer.from(shape.body());
  const bytes = shape.encoding === "gzip" ? gzipSync(plain) : plain;
  made.set(shape, bytes);
  return bytes;
}

/** As fast as it is read. */
async function sendTimes(response: ServerResponse, { first, times = 1 }: UpstreamShape, bytes: Buffer) {
  if (first !== undefined) response.write(first());
  for (let sent = 0; sent < times && !response.destroyed; sent++)
    if (!response.write(bytes)) await Promise.race([once(response, "drain"), once(response, "close")]);
  response.end();
}

function respond(response: ServerResponse, shape: UpstreamShape, isStream: boolean) {
  const { encoding, framing, status = 200, headers } = shape;
  const bytes = bytesOf(shape);
  response.writeHead(status, {
    "content-type": isStream ? "text/event-stream" : "application/json",
    ...(encoding === undefined ? {} : { "content-encoding": encoding }),
    ...headers,
  });
  if (framing !== "bytewise") return void sendTimes(response, shape, bytes);
  response.flushHeaders();
  const { socket } = response;
  socket?.write(
    Buffer.concat([...[...bytes].map((byte) => Buffer.from([0x31, 13, 10, byte, 13, 10])), Buffer.from("0\r\n\r\n")]),
  );
}

for (const shape of UPSTREAM_SHAPES) bytesOf(shape);
server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
