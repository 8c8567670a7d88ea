import type { IncomingMessage, ServerResponse } from "node:http";
import { errorBody, errorEntry } from "../../contracts/api/errors.ts";
import { REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import type { GatewayResponse } from "../core/response.ts";
import { MAX_TEXT_BYTES, ResponseSink } from "./response-sink.ts";

type Headers = Readonly<Record<string, string>>;

/** How much of a refused body is read on, and for how long, so that the client comes to reading the response. */
const DISCARD = { bytes: 64 * 1024 * 1024, milliseconds: 5000 } as const;

/**
 * Writes a response to its socket; for HEAD node leaves the body out. A head that HTTP does not allow becomes `internal_error`
 * with the request's id as its only header.
 * @param headers of this connection, beside the response's own
 * @returns what resolves when a streamed body has ended; `undefined` for every other body, which is written
 */
export function writeResponse(
  request: IncomingMessage,
  response: ServerResponse,
  gatewayResponse: GatewayResponse,
  headers: Headers,
): Promise<void> | undefined {
  const { body } = gatewayResponse;
  try {
    writeHeadAndBytes(request, response, gatewayResponse, headers);
  } catch {
    if (response.headersSent) response.destroy();
    else writeInternalError(response, gatewayResponse.headers[REQUEST_ID_HEADER]);
  }
  return body.kind === "stream" ? body.send(new ResponseSink(response)) : undefined;
}

/** All of it but a streamed body. */
function writeHeadAndBytes(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers: own, body, closesConnection = false }: GatewayResponse,
  headers: Headers,
): void {
  if (body.kind === "none") response.destroy();
  else if (body.kind === "stream") response.writeHead(status, { ...headers, ...own });
  else if (closesConnection) writeAndHangUp(request, response, status, { ...headers, ...own }, body.bytes);
  else if (hasNoBody(status)) response.writeHead(status, { ...headers, ...own }).end();
  else
    endWithBytes(response.writeHead(status, { ...headers, ...own, "content-length": body.bytes.length }), body.bytes);
}

/** As text of one byte a character, head and body leave in one write; as bytes they take two buffers (docs/decisions/044). */
function endWithBytes(response: ServerResponse, bytes: Buffer): void {
  if (bytes.length > MAX_TEXT_BYTES) response.end(bytes);
  else response.end(bytes.toString("latin1"), "latin1");
}

function writeInternalError(response: ServerResponse, requestId: string | undefined): void {
  const bytes = Buffer.from(JSON.stringify(errorBody("internal_error")));
  response.writeHead(errorEntry("internal_error").status, {
    "content-type": "application/json",
    "content-length": bytes.length,
    ...(requestId === undefined ? {} : { [REQUEST_ID_HEADER]: requestId }),
  });
  response.end(bytes);
}

/** Statuses whose responses have no body and so no length (RFC 9110, section 15). */
function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}

/**
 * Responds to a request whose body is not read to its end, and closes the connection. Closing at once would reset it
 * while the client still sends, and the client would report a broken pipe instead of our response: so the response goes
 * out first, and the rest of the body is read and dropped until the client stops, within limits.
 */
function writeAndHangUp(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Headers,
  bytes: Buffer,
): void {
  response.writeHead(status, { ...headers, "content-length": bytes.length, connection: "close" });
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
