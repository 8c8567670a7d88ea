import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { expect, onTestFinished } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import { eventually } from "../../test-support/waits/eventually.ts";

export const PATH = "/v1/chat/completions";

/** A client's socket, open, with everything that came. */
export async function open(url: string, options: ClientOptions = {}) {
  const socket = new WebSocket(url.replace("http", "ws") + PATH, options);
  onTestFinished(() => socket.terminate());
  const messages: string[] = [];
  socket.on("message", (data) => messages.push(String(data)));
  await once(socket, "open");
  const closed = once(socket, "close").then(([code, reason]) => ({ code, reason: String(reason) }));
  return {
    socket,
    messages,
    closed,
    send: (body: unknown) => socket.send(typeof body === "string" ? body : JSON.stringify(body)),
    /** Waits until so many requests have ended. */
    ends: (count: number) =>
      eventually(() =>
        expect(messages.filter((one) => one === "[DONE]" || one.startsWith('{"error"'))).toHaveLength(count),
      ),
  };
}

/** The response to a handshake that is refused. */
export async function refused(url: string, options: ClientOptions = {}, path = PATH) {
  const socket = new WebSocket(url.replace("http", "ws") + path, options);
  socket.on("error", () => undefined);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(await text(response)) };
}
