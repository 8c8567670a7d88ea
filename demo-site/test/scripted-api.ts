import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { type ErrorCode, type ErrorDetail, errorBody, errorEntry } from "../../contracts/api/errors.ts";
import { ALLOWED_REQUEST_HEADERS, EXPOSED_HEADERS } from "../../contracts/api/headers.ts";
import { listenOnLoopback } from "../../test-support/loopback.ts";

/** One response of the script. */
export type ScriptedResponse = (response: ServerResponse) => Promise<void> | void;

export interface SeenRequest {
  readonly authorization: string | undefined;
  readonly body: unknown;
  /** Resolves when the connection of this request is closed or its response is over. */
  readonly closed: Promise<void>;
}

export interface ScriptedApi {
  readonly origin: string;
  /** Appends responses; each chat request takes the next one. */
  readonly script: (...responses: readonly ScriptedResponse[]) => void;
  readonly seen: readonly SeenRequest[];
  /** The model's `root` in `/v1/models`. */
  root: string;
  /** Its `price` there. @default - none */
  price?: object;
  readonly close: () => Promise<void>;
}

/** An API on an origin of its own that serves chat requests by script, with the real API's CORS headers. */
export async function startScriptedApi(model: { readonly id: string; readonly root: string }): Promise<ScriptedApi> {
  const responses: ScriptedResponse[] = [];
  const seen: SeenRequest[] = [];

  const chat = async (request: IncomingMessage, response: ServerResponse) => {
    const closed = new Promise<void>((resolve) => response.once("close", resolve));
    seen.push({ authorization: request.headers.authorization, body: JSON.parse(await text(request)), closed });
    const scripted = responses.shift() ?? fail("internal_error", { message: "The script has no more responses." });
    await scripted(response);
  };

  const { origin, close } = await listenOnLoopback((request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", EXPOSED_HEADERS.join(", "));
    if (request.method === "OPTIONS") {
      response.setHeader("access-control-allow-headers", ALLOWED_REQUEST_HEADERS.join(", "));
      response.setHeader("access-control-allow-methods", "GET, POST");
      response.writeHead(204).end();
    } else if (request.url === "/v1/models") {
      const card = { object: "model", created: 0, owned_by: "sluice", id: model.id, root: api.root, price: api.price };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ object: "list", data: [card] }));
    } else {
      chat(request, response).catch(() => response.destroy());
    }
  });
  const api: ScriptedApi = { origin, seen, close, root: model.root, script: (...more) => responses.push(...more) };
  return api;
}

/** An error of the catalogue, with this Retry-After or its own. */
export function fail(
  code: ErrorCode,
  options: {
    readonly message?: string;
    readonly details?: readonly ErrorDetail[];
    readonly retryAfterSeconds?: number;
  } = {},
): ScriptedResponse {
  return (response) => {
    const { status, retryAfterSeconds } = errorEntry(code);
    const wait = options.retryAfterSeconds ?? retryAfterSeconds;
    response.writeHead(status, {
      "content-type": "application/json",
      "x-request-id": "req-1",
      ...(wait === undefined ? {} : { "retry-after": String(wait) }),
    });
    response.end(JSON.stringify(errorBody(code, options)));
  };
}

/** A whole response, one event for each word; `until` holds back the second half. */
export function stream(words: readonly string[], until: Promise<void> = Promise.resolve()): ScriptedResponse {
  return async (response) => {
    begin(response);
    const half = Math.ceil(words.length / 2);
    for (const word of words.slice(0, half)) response.write(delta(word));
    await until;
    for (const word of words.slice(half)) response.write(delta(word));
    response.write(event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }));
    const usage = { prompt_tokens: 9, completion_tokens: words.length, total_tokens: 9 + words.length };
    response.write(event({ choices: [], usage }));
    response.end("data: [DONE]\n\n");
  };
}

/** Part of a response, and then the connection breaks: once `until` shows that the part has been read. */
export function cut(words: readonly string[], until: Promise<void>): ScriptedResponse {
  return async (response) => {
    begin(response);
    response.write(words.map(delta).join(""));
    await until;
    response.destroy();
  };
}

/** Part of a response, and then an error event in the stream. */
export function breakOff(words: readonly string[]): ScriptedResponse {
  return (response) => {
    begin(response);
    response.end(`${words.map(delta).join("")}${event(errorBody("stream_interrupted"))}`);
  };
}

function begin(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "x-request-id": "req-1" });
  response.write(event({ choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] }));
}

function delta(content: string): string {
  return event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
}

function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
