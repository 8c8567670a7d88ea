import type { IncomingMessage, ServerResponse } from "node:http";
import { type ErrorCode, errorBody, errorEntry } from "../../contracts/api/errors.ts";
import { ApiError } from "./api-error.ts";

/** A request with its response, as a handler receives them. */
export interface HttpCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the client disconnects or the process must end. */
  readonly signal: AbortSignal;
}

export type Handler = (httpCall: HttpCall) => Promise<void>;

/** Handlers by path and method. */
export type Endpoints = Readonly<Record<string, Readonly<Record<string, Handler>>>>;

/** Large enough for a context of a million tokens; the gateway's own limit is lower. */
const MAX_BODY_BYTES = 8 * 2 ** 20;

/** Reads a JSON body. Throws ApiError for another content type, a body over 8 MiB, or invalid JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers["content-type"];
  if (type !== undefined && !/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    throw new ApiError("unsupported_media_type");
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new ApiError("request_too_large", { headers: { connection: "close" } });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    const reason = error instanceof Error ? ` ${error.message}.` : "";
    throw new ApiError("invalid_json", {
      message: `The request body is not valid JSON.${reason} Send one JSON object.`,
    });
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Sends an error as the response, or as the last event of a stream that has begun. */
export function sendApiError(response: ServerResponse, problem: ApiError): void {
  const body = bodyOf(problem);
  if (response.headersSent) {
    if (!response.writableEnded) response.end(`data: ${JSON.stringify(body)}\n\ndata: [DONE]\n\n`);
    return;
  }
  const { status, retryAfterSeconds } = errorEntry(problem.code);
  sendJson(response, status, body, {
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    ...problem.headers,
  });
}

function bodyOf({ code, message, details }: ApiError) {
  const own: ErrorCode | string = message;
  return errorBody(code, { ...(own === code ? {} : { message }), details });
}
