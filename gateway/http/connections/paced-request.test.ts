import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { PacedRequest } from "./paced-request.ts";

async function serve(onRequest: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer({ IncomingMessage: PacedRequest }, onRequest);
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const HEAD = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";

/** Sends a body in chunks of these sizes, and returns the response. */
async function send(port: number, body: Buffer, sizes: readonly number[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(HEAD);
  let at = 0;
  const pieces: Buffer[] = [];
  for (let index = 0; at < body.length; index++) {
    const piece = body.subarray(at, at + (sizes[index % sizes.length] ?? 1));
    at += piece.length;
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n"));
  }
  socket.write(Buffer.concat([...pieces, Buffer.from("0\r\n\r\n")]));
  return String(await buffer(socket));
}

test("a body has its bytes in their order, whatever chunks it comes in", async () => {
  const port = await serve(
    (request, response) => void buffer(request).then((body) => response.end(body.toString("hex"))),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
      const body = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 251));
      expect((await send(port, body, sizes)).endsWith(body.toString("hex"))).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test("a body of 100,000 chunks of one byte comes in at least eight turns and at most 5,000 pieces", async () => {
  let [pieces, turns, isSameTurn] = [0, 0, false];
  const port = await serve((request, response) => {
    request.on("data", () => {
      pieces++;
      if (isSameTurn) return;
      isSameTurn = true;
      turns++;
      setImmediate(() => {
        isSameTurn = false;
      });
    });
    request.on("end", () => response.end("ok"));
  });
  await send(port, Buffer.alloc(100_000, "a"), [1]);
  expect(pieces).toBeLessThan(5000);
  expect(turns).toBeGreaterThanOrEqual(8);
});

test("a reader that pauses gets no bytes until it reads on, and then all of them", async () => {
  const port = await serve((request, response) => {
    let bytes = 0;
    let isPaused = false;
    request.on("data", (chunk: Buffer) => {
      expect(isPaused).toBe(false);
      bytes += chunk.length;
      isPaused = true;
      request.pause();
      setTimeout(() => {
        isPaused = false;
        request.resume();
      }, 1);
    });
    request.on("end", () => response.end(String(bytes)));
  });
  expect((await send(port, Buffer.alloc(30_000, "a"), [1, 100])).endsWith("30000")).toBe(true);
});

test("a client that leaves within such a body closes its request, and nothing of it is passed on afterwards", async () => {
  const closed = Promise.withResolvers<boolean>();
  let isClosed = false;
  const port = await serve((request) => {
    request.on("error", () => undefined);
    request.on("data", () => expect(isClosed).toBe(false));
    request.on("close", () => {
      isClosed = true;
      closed.resolve(request.complete);
    });
  });
  const socket = connect(port, "127.0.0.1");
  socket.write(`${HEAD}${"1\r\na\r\n".repeat(50_000)}`, () => socket.resetAndDestroy());
  expect(await closed.promise).toBe(false);
});
