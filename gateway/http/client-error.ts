import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { ignoreError } from "./ignore-error.ts";

/** Responds to bytes that are no HTTP with an error in the form of every other error, and closes the connection. */
export function respondToClientError(error: Error, socket: Duplex): void {
  const code = "code" in error ? error.code : undefined;
  if (!socket.writable || code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  endWithError(socket, errorOf(code));
}

/** Responds to CONNECT, by which a proxy opens a tunnel: Node takes it for no request. */
export function refuseTunnel(socket: Duplex): void {
  socket.on("error", ignoreError);
  const message = "This is no proxy: CONNECT is not taken. Send the request to a path of the API.";
  const headers = { allow: "GET, HEAD, POST, PUT, DELETE, OPTIONS" };
  endWithError(socket, new GatewayError("method_not_allowed", { message, headers }));
}

function endWithError(socket: Duplex, { status, headers, body }: GatewayError): void {
  const text = JSON.stringify(body);
  const lines = Object.entries({
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(text)),
    [REQUEST_ID_HEADER]: `req_${randomUUID().replaceAll("-", "")}`,
    ...headers,
    connection: "close",
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines, "", text].join("\r\n"));
}

function errorOf(code: unknown): GatewayError {
  if (code === "HPE_HEADER_OVERFLOW") return new GatewayError("headers_too_large");
  const isLate = code === "ERR_HTTP_REQUEST_TIMEOUT";
  const message = isLate
    ? "The request did not arrive in time. Send it again, faster."
    : "This is not a valid HTTP request. Send HTTP/1.1.";
  return new GatewayError("invalid_request", { message });
}
