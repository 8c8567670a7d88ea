import { connect } from "node:net";
import type { Shape } from "./shapes.ts";

const TIMEOUT_MS = 60_000;

/**
 * Sends a shape over a connection of its own.
 * @param key of a caller; @default - none is sent
 * @returns the response's status; 0 when the connection ended without one
 */
export async function sendShape(url: string, shape: Shape, key?: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let text = "";
  const status = new Promise<number>((resolve) => {
    const finish = () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      if (text.length < 100) text += chunk.toString("latin1", 0, 100);
      // The rest of a body may not be read any more.
      if (text.length >= 12) socket.end(finish);
      if (text.length >= 12) finish();
    });
    socket.on("error", finish).on("close", finish);
  });
  const head = [
    `POST ${shape.path} HTTP/1.1`,
    `host: ${hostname}`,
    `content-type: ${shape.contentType}`,
    "connection: close",
    ...(key === undefined ? [] : [`authorization: Bearer ${key}`]),
    shape.chunkBytes === undefined ? `content-length: ${shape.body.length}` : "transfer-encoding: chunked",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  socket.write(shape.chunkBytes === undefined ? shape.body : chunked(shape.body, shape.chunkBytes));
  const got = await status;
  socket.destroy();
  return got;
}

function chunked(body: Buffer, size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n"));
  }
  return Buffer.concat([...pieces, Buffer.from("0\r\n\r\n")]);
}
