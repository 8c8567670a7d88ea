import type { IncomingMessage, ServerResponse } from "node:http";
import { type ErrorCode, errorBody, errorEntry } from "../../contracts/errors.ts";
import { Problem } from "./api-error.ts";

/** One request on its way through a handler. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the client leaves or the process must end. */
  readonly signal: AbortSignal;
}

export type Handler = (exchange: Exchange) => Promise<void>;

/** Handlers by path and method. */
export type Routes = Readonly<Record<string, Readonly<Record<string, Handler>>>>;

/** A context of a million tokens fits; the gateway's own limit is lower. */
const MAX_BODY_BYTES = 8 * 2 ** 20;

/** Reads a JSON body. Throws Problems for another content type, a body that is too long, or bad JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers["content-type"];
  if (type !== undefined && !/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    throw new Problem("unsupported_media_type");
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Problem("request_too_large", { headers: { connection: "close" } });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    const reason = error instanceof Error ? ` ${error.message}.` : "";
    throw new Problem("invalid_json", {
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

/** Answers with an error; in a stream that has begun, as its last event. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
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

function bodyOf({ code, message, details }: Problem) {
  const own: ErrorCode | string = message;
  return errorBody(code, { ...(own === code ? {} : { message }), details });
}
