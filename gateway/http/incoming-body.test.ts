import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { ClientGone } from "../core/gateway-error.ts";
import { ReceivingBodies } from "./connections/receiving-bodies.ts";
import { IncomingBody } from "./incoming-body.ts";

const LIMIT = 100;

/** Sends `text` as it is, and gives the request's body to `use`. @returns the client's socket */
async function send(
  text: string,
  use: (body: IncomingBody, request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<Socket> {
  const server = createServer((request, response) => {
    use(new IncomingBody(request, response, new ReceivingBodies()), request, response);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(text);
  return socket;
}

const wholeOf = async (body: IncomingBody) => await body.whole(LIMIT, "a");

async function received(text: string): Promise<{ readonly bytes: string; readonly listeners: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ bytes: string; listeners: number }>();
  await send(text, (body, request) =>
    wholeOf(body).then((bytes) => resolve({ bytes: String(bytes), listeners: request.listenerCount("data") }), reject),
  );
  return await promise;
}

test.each([
  ["with its length", "content-length: 4\r\n\r\nabcd", "abcd"],
  ["in chunks", "transfer-encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", "abcd"],
  ["that is empty", "content-length: 0\r\n\r\n", ""],
  ["that is missing", "\r\n", ""],
])("a body %s that comes with its head is read whole", async (_how, rest, bytes) => {
  expect(await received(`POST / HTTP/1.1\r\nhost: a\r\n${rest}`)).toEqual({ bytes, listeners: 0 });
});

test("a body in chunks that comes with its head is refused when it is over the limit", async () => {
  const chunk = `${(LIMIT + 1).toString(16)}\r\n${"x".repeat(LIMIT + 1)}\r\n`;
  const text = `POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`;
  await expect(received(text)).rejects.toMatchObject({ code: "request_too_large" });
});

test("a body that comes after its head is read whole", async () => {
  const reading = Promise.withResolvers<string>();
  const socket = await send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nab", (body) => {
    setTimeout(() => socket.write("cd"), 20);
    wholeOf(body).then((bytes) => reading.resolve(String(bytes)), reading.reject);
  });
  expect(await reading.promise).toBe("abcd");
});

test("a client that left before its body was read is not waited for", async () => {
  const reading = Promise.withResolvers<unknown>();
  const socket = await send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nab", (body, request) => {
    request.once("close", () => setImmediate(() => void wholeOf(body).catch(reading.resolve)));
    socket.destroy();
  });
  expect(await reading.promise).toBeInstanceOf(ClientGone);
});
