import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { buildConnector, Pool } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { connectorInPieces } from "./read-in-pieces.ts";

const TEXT = "0123456789".repeat(30_000);

/** A pool to a server that sends this to each request, and then does `after`. */
async function poolTo(sent: string, after: (socket: Socket) => void = () => undefined) {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => socket.write(sent, () => after(socket)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const pool = new Pool(`http://127.0.0.1:${port}`, { connect: connectorInPieces(buildConnector({ timeout: 1000 })) });
  onTestFinished(async () => {
    await pool.destroy();
    server.close();
  });
  return pool;
}

const textOf = async (pool: Pool) => (await pool.request({ method: "GET", path: "/" })).body.text();

test("bytes are those that came: by their length, in chunks, and up to the connection's end", async () => {
  const length = await poolTo(`HTTP/1.1 200 OK\r\ncontent-length: ${TEXT.length}\r\n\r\n${TEXT}`);
  expect([await textOf(length), await textOf(length)]).toEqual([TEXT, TEXT]);
  const chunk = `${TEXT.length.toString(16)}\r\n${TEXT}\r\n`;
  const chunks = await poolTo(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`);
  expect(await textOf(chunks)).toBe(TEXT + TEXT);
  const toEnd = await poolTo(`HTTP/1.1 200 OK\r\n\r\n${TEXT}`, (socket) => socket.end());
  expect(await textOf(toEnd)).toBe(TEXT);
});

test("a reader that pauses gets all bytes of a response that ends with its connection", async () => {
  const pool = await poolTo(`HTTP/1.1 200 OK\r\n\r\n${TEXT}`, (socket) => socket.end());
  const { body } = await pool.request({ method: "GET", path: "/" });
  let text = "";
  for await (const piece of body) {
    text += String(piece);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(text).toBe(TEXT);
});

test("a connection that fails is an error of its request", async () => {
  const closed = new Pool("http://127.0.0.1:9", { connect: connectorInPieces(buildConnector({ timeout: 1000 })) });
  await expect(closed.request({ method: "GET", path: "/" })).rejects.toThrow();
  await closed.destroy();
});
