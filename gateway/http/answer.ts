import type { IncomingMessage, ServerResponse } from "node:http";

type Headers = Readonly<Record<string, string>>;

/** How much of a refused body is read on, and for how long, so that the client comes to reading the answer. */
const DISCARD = { bytes: 64 * 1024 * 1024, milliseconds: 5000 } as const;

/** Sends a complete answer; for HEAD node leaves the body out. */
export function sendBytes(response: ServerResponse, status: number, headers: Headers, bytes: Buffer): void {
  response.writeHead(status, { ...headers, "content-length": bytes.length });
  response.end(bytes);
}

export function sendJson(response: ServerResponse, status: number, headers: Headers, body: unknown): void {
  sendBytes(response, status, { ...headers, "content-type": "application/json" }, Buffer.from(JSON.stringify(body)));
}

/**
 * Answers a request whose body is not read to its end, and closes the connection. Closing at once would reset it while
 * the client still sends, and the client would report a broken pipe instead of our answer: so the answer goes out
 * first, and the rest of the body is thrown away until the client stops, within limits.
 */
export function sendJsonAndHangUp(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Headers,
  body: unknown,
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    ...headers,
    "content-type": "application/json",
    "content-length": bytes.length,
    connection: "close",
  });
  response.write(bytes);
  let discarded = 0;
  const timer = setTimeout(() => response.end(), DISCARD.milliseconds);
  request.on("data", (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > DISCARD.bytes) response.end();
  });
  request.once("end", () => response.end());
  response.once("close", () => clearTimeout(timer));
  request.resume();
}
