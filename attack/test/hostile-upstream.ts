import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { UPSTREAM_SHAPES, type UpstreamShape } from "./upstream-shapes.ts";

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
const packed = new Map<UpstreamShape, Buffer>();

function bytesOf(shape: UpstreamShape): Buffer {
  const plain = Buffer.from(shape.body());
  if (shape.encoding !== "gzip") return plain;
  const bytes = packed.get(shape) ?? gzipSync(plain);
  packed.set(shape, bytes);
  return bytes;
}

function respond(response: ServerResponse, shape: UpstreamShape, isStream: boolean) {
  const { encoding, framing, status = 200, headers } = shape;
  const bytes = bytesOf(shape);
  response.writeHead(status, {
    "content-type": isStream ? "text/event-stream" : "application/json",
    ...(encoding === undefined ? {} : { "content-encoding": encoding }),
    ...headers,
  });
  if (framing !== "bytewise") return void response.end(bytes);
  response.flushHeaders();
  const { socket } = response;
  socket?.write(
    Buffer.concat([...[...bytes].map((byte) => Buffer.from([0x31, 13, 10, byte, 13, 10])), Buffer.from("0\r\n\r\n")]),
  );
}

for (const shape of UPSTREAM_SHAPES) bytesOf(shape);
server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
