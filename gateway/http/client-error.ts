import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { errorBody } from "../../contracts/api/errors.ts";
import { REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";

/** Responds to bytes that are no HTTP with an error in the form of every other error, and closes the connection. */
export function respondToClientError(error: Error, socket: Duplex): void {
  const code = "code" in error ? error.code : undefined;
  if (!socket.writable || code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(errorBody("invalid_request", { message: messageOf(code) }));
  socket.end(
    [
      "HTTP/1.1 400 Bad Request",
      "content-type: application/json",
      `content-length: ${Buffer.byteLength(body)}`,
      `${REQUEST_ID_HEADER}: req_${randomUUID().replaceAll("-", "")}`,
      "connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}

function messageOf(code: unknown): string {
  if (code === "HPE_HEADER_OVERFLOW") return "The request's headers are over 16 KiB. Send fewer or shorter headers.";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "The request did not arrive in time. Send it again, faster.";
  return "This is not a valid HTTP request. Send HTTP/1.1.";
}
