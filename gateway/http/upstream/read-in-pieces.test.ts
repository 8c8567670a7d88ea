import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
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

/** What a reader gets of a server's text in each turn: `read()` until it returns nothing, as undici's parser does. */
async function turnsOf(sent: string): Promise<readonly (readonly number[])[]> {
  const server = createServer((socket) => socket.end(sent));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  // More than a piece is there before the first look.
  socket.once("connect", () =>
    connectorInPieces((_, done) => done(null, socket))({} as buildConnector.Options, () => undefined),
  );
  const turns: number[][] = [];
  socket.on("readable", () => {
    const turn: number[] = [];
    for (let piece: Buffer | null = socket.read(); piece !== null; piece = socket.read()) turn.push(piece.length);
    turns.push(turn);
  });
  await once(socket, "close");
  return turns;
}

test("pieces of many short lines are parsed one a turn, so that endless empty headers don't hold the thread", async () => {
  const empty = await turnsOf("a:\r\n".repeat(16_000));
  expect(empty.flat().reduce((sum, bytes) => sum + bytes, 0)).toBe(64_000);
  for (const turn of empty) expect(turn.slice(0, -1).filter((bytes) => bytes === 8192)).toEqual([]);
  const long = await turnsOf(TEXT);
  expect(long.flat().reduce((sum, bytes) => sum + bytes, 0)).toBe(TEXT.length);
  expect(Math.max(...long.map((turn) => turn.length))).toBeGreaterThan(1);
});

test("what waits for the next turn is read all the same when the peer resets the connection meanwhile", async () => {
  const server = createServer((peer) => void peer.on("error", () => undefined).write("\n".repeat(60_000)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  socket.once("connect", () =>
    connectorInPieces((_, done) => done(null, socket))({} as buildConnector.Options, () => undefined),
  );
  let bytes = 0;
  let waiting = 0;
  // As undici does, whose parser is gone behind the error.
  let hasParser = true;
  socket.on("error", () => {
    hasParser = false;
  });
  socket.on("readable", () => {
    if (!hasParser) return;
    for (let piece: Buffer | null = socket.read(); piece !== null; piece = socket.read()) bytes += piece.length;
    if (waiting > 0 || socket.readableLength === 0) return;
    waiting = socket.readableLength + bytes;
    socket.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
  });
  await new Promise((resolve) => socket.once("close", resolve));
  expect(waiting).toBeGreaterThan(8192);
  expect(bytes).toBe(waiting);
});

test("a head of many lines and what comes behind it are read whole, also by a reader that pauses", async () => {
  const head = `HTTP/1.1 200 OK\r\n${"a:\r\n".repeat(15_000)}content-length: ${TEXT.length}\r\n\r\n`;
  const pool = await poolTo(head + TEXT);
  expect([await textOf(pool), await textOf(pool)]).toEqual([TEXT, TEXT]);
  const lines = "\n".repeat(300_000);
  const toEnd = await poolTo(`HTTP/1.1 200 OK\r\n\r\n${lines}`, (socket) => socket.end());
  const { body } = await toEnd.request({ method: "GET", path: "/" });
  let text = "";
  for await (const piece of body) {
    text += String(piece);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(text).toBe(lines);
});

/** A connection to a server that sends nothing, whose bytes are read in pieces. */
async function silentConnection(): Promise<Socket> {
  const server = createServer((peer) => void peer.on("error", () => undefined));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  await once(socket, "connect");
  connectorInPieces((_, done) => done(null, socket))({} as buildConnector.Options, () => undefined);
  return socket;
}

test("bytes that come are with a reader at once, and what it does not take is held in its order", async () => {
  const socket = await silentConnection();
  const read: string[] = [];
  let isPaused = false;
  socket.on("readable", () => {
    while (!isPaused) {
      const piece: Buffer | null = socket.read();
      if (piece === null) return;
      read.push(String(piece));
    }
  });
  await new Promise(setImmediate);
  // As Node does with what it has read from the connection.
  socket.push(Buffer.from("1"));
  expect(read).toEqual(["1"]);
  isPaused = true;
  socket.push(Buffer.from("2"));
  isPaused = false;
  socket.push(Buffer.from("3"));
  await new Promise(setImmediate);
  socket.push(Buffer.from("4"));
  expect(read.join("")).toBe("1234");
});

test("bytes that come before there is a reader are there for it", async () => {
  const socket = await silentConnection();
  socket.push(Buffer.from("early"));
  const [piece] = await new Promise<(Buffer | null)[]>((resolve) =>
    socket.once("readable", () => resolve([socket.read(), socket.read()])),
  );
  expect(String(piece)).toBe("early");
});
