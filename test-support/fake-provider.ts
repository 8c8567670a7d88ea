import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { bodyOf, startFakeServer } from "./fake-server.ts";

/** What a provider of OpenAI's dialect can do wrong. */
export type ProviderFault =
  | "reset-before-headers"
  | "reset-after-headers"
  /** Headers and some events, then the connection is cut. */
  | "reset-in-stream"
  /** No response, for ever. */
  | "hang"
  /** One event every `dripMs`; of a whole response, a few bytes. */
  | "slow-drip"
  | "malformed-events"
  /** Events, and then bytes that are none. */
  | "malformed-in-stream"
  /** Events, and then one that reports an error. */
  | "error-in-stream"
  /** A whole response that stops in the middle although it is complete by its length. */
  | "half-json"
  /** 200 with another dialect's words. */
  | "wrong-dialect"
  /** 200 and the beginning of a page that never ends. */
  | "endless-page"
  | "html"
  /** 200, and the first event is an error. */
  | "error-event"
  /** 200, and comments alone. */
  | "comments"
  | "redirect"
  | { readonly status: number; readonly retryAfter?: string; readonly body?: string };

export interface FakeProviderBehaviour {
  fault: ProviderFault | undefined;
  /** Faults of the next requests, one each, before `fault` counts. */
  next: (ProviderFault | undefined)[];
  /** The key that it takes; `undefined`: any, or none. */
  key: string | undefined;
  /** Whether it calls the first function of a request that must be called. */
  callsTools: boolean;
  /** Generation requests that it takes at once; it responds to others with 429. */
  capacity: number;
  tokens: number;
  firstByteMs: number;
  dripMs: number;
}

export interface ProviderRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  aborted: boolean;
}

export interface FakeProvider {
  readonly origin: string;
  readonly port: number;
  readonly behaviour: FakeProviderBehaviour;
  /** Generation requests, in the order they came. */
  readonly received: readonly ProviderRequest[];
  /** Requests of other paths. */
  readonly otherPaths: readonly string[];
  /** Generation requests that were over its capacity. */
  readonly overCapacity: number;
  /** Most requests that it had at once. */
  readonly maxOpen: number;
  /** Stops listening and cuts all connections: from then on connections are refused. */
  stop(): Promise<void>;
}

const DEFAULTS: FakeProviderBehaviour = {
  fault: undefined,
  next: [],
  key: undefined,
  callsTools: false,
  capacity: Number.POSITIVE_INFINITY,
  tokens: 3,
  firstByteMs: 0,
  dripMs: 20,
};

/**
 * Starts a provider of OpenAI's dialect on a loopback socket, which fails by its behaviour; change that at any time.
 */
export async function startFakeProvider(
  behaviour: Partial<FakeProviderBehaviour> = {},
  port = 0,
): Promise<FakeProvider> {
  const state: FakeProviderBehaviour = { ...DEFAULTS, ...behaviour };
  const received: ProviderRequest[] = [];
  const otherPaths: string[] = [];
  let open = 0;
  let maxOpen = 0;
  let overCapacity = 0;
  const server = await startFakeServer((request, response) => {
    maxOpen = Math.max(maxOpen, ++open);
    response.once("close", () => open--);
    if (request.method === "POST" && open > state.capacity) {
      overCapacity++;
      return sendJson(response, 429, { error: { message: "too many at once", type: "rate_limit_error" } });
    }
    return respond(request, response, state, received, otherPaths);
  }, port);
  return {
    ...server,
    behaviour: state,
    received,
    otherPaths,
    get overCapacity() {
      return overCapacity;
    },
    get maxOpen() {
      return maxOpen;
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  state: FakeProviderBehaviour,
  received: ProviderRequest[],
  otherPaths: string[],
): Promise<void> {
  const bytes = await bodyOf(request);
  const isAllowed = state.key === undefined || request.headers.authorization === `Bearer ${state.key}`;
  if (request.method !== "POST") {
    otherPaths.push(request.url ?? "");
    const list = { object: "list", data: [{ id: "small", object: "model", created: 1, owned_by: "fake" }] };
    if (typeof state.fault === "object") return sendJson(response, state.fault.status, {});
    return isAllowed ? sendJson(response, 200, list) : denied(response);
  }
  const body = JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
  const record: ProviderRequest = { path: request.url ?? "", headers: request.headers, body, aborted: false };
  received.push(record);
  response.once("close", () => {
    record.aborted = !response.writableFinished;
  });
  if (!isAllowed) return denied(response);
  const fault = state.next.length > 0 ? state.next.shift() : state.fault;
  if (state.firstByteMs > 0) await sleep(state.firstByteMs);
  if (fault === "hang") return;
  if (fault === "reset-before-headers") return void request.socket.resetAndDestroy();
  if (fault === "redirect") return void response.writeHead(307, { location: "http://169.254.169.254/" }).end();
  if (fault === "html") return void response.writeHead(200, { "content-type": "text/html" }).end("<html></html>");
  if (fault === "endless-page") return void response.writeHead(200, { "content-type": "text/html" }).write("<html>");
  if (typeof fault === "object") {
    const headers = fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter };
    response.writeHead(fault.status, { "content-type": "application/json", ...headers });
    return void response.end(fault.body ?? JSON.stringify({ error: { message: "no", type: "server_error" } }));
  }
  if (body.stream === true) await stream(response, state, record, fault);
  else await whole(response, state, record, fault);
}

async function whole(
  response: ServerResponse,
  state: FakeProviderBehaviour,
  { path, body }: ProviderRequest,
  fault: ProviderFault | undefined,
): Promise<void> {
  const isChat = path.includes("chat");
  const content = " word".repeat(state.tokens);
  const calls = state.callsTools && body.tool_choice !== undefined ? toolCalls(body) : undefined;
  const message = { role: "assistant", content, ...(calls === undefined ? {} : { tool_calls: calls }) };
  const choice = isChat ? { message } : { text: content };
  const answered =
    fault === "wrong-dialect"
      ? { type: "message", role: "assistant", content: [{ type: "text", text: content }] }
      : {
          id: "fake-1",
          object: isChat ? "chat.completion" : "text_completion",
          created: 1,
          model: body.model,
          choices: [{ index: 0, ...choice, finish_reason: "stop" }],
          usage: { prompt_tokens: 7, completion_tokens: state.tokens, total_tokens: 7 + state.tokens },
        };
  const text = JSON.stringify(answered);
  const sent = fault === "half-json" ? text.slice(0, text.length / 2) : text;
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  if (fault === "reset-after-headers" || fault === "reset-in-stream") {
    response.write(text.slice(0, 10), () => response.destroy());
    return;
  }
  if (fault === "slow-drip") {
    for (let from = 0; from < text.length && !response.destroyed; from += 10) {
      response.write(text.slice(from, from + 10));
      await sleep(state.dripMs);
    }
    return void response.end();
  }
  // A half JSON is complete by its own length: what is cut off otherwise is a broken connection.
  if (fault === "half-json") response.end(sent.padEnd(text.length, " "));
  else response.end(sent);
}

async function stream(
  response: ServerResponse,
  state: FakeProviderBehaviour,
  { body }: ProviderRequest,
  fault: ProviderFault | undefined,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  if (fault === "reset-after-headers") return void setTimeout(() => response.destroy(), 5);
  if (fault === "malformed-events") return void response.end("}{ this is no event\n\n\0\0");
  if (fault === "half-json") return void response.end('data: {"id":"fake-1","choi');
  if (fault === "comments") return void response.end(": PROCESSING\n\n");
  if (fault === "error-event") return void response.end('data: {"error":{"message":"out of memory"}}\n\n');
  const wrong = fault === "wrong-dialect";
  const send = (fields: object) => {
    const data = { id: "fake-1", object: "chat.completion.chunk", created: 1, model: body.model, ...fields };
    response.write(wrong ? `{"type":"content_block_delta"}\n` : `data: ${JSON.stringify(data)}\n\n`);
  };
  for (let index = 0; index < state.tokens && !response.destroyed; index++) {
    if (index > 0 && fault === "slow-drip") await sleep(state.dripMs);
    if (index === 1 && fault === "reset-in-stream") return void setTimeout(() => response.destroy(), 5);
    if (index === 1 && fault === "malformed-in-stream") return void response.end("}{ this is no event\n\n\0\0");
    if (index === 1 && fault === "error-in-stream")
      return void response.end('data: {"error":{"message":"out of memory","code":500}}\n\n');
    send({ choices: [{ index: 0, delta: { content: ` w${index}` }, finish_reason: null }] });
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  const usage = { prompt_tokens: 7, completion_tokens: state.tokens, total_tokens: 7 + state.tokens };
  send({ choices: [], usage });
  response.end("data: [DONE]\n\n");
}

function toolCalls({ tools }: Readonly<Record<string, unknown>>) {
  const [first] = tools as readonly { readonly function: { readonly name: string } }[];
  return [{ id: "call_1", type: "function", function: { name: first?.function.name, arguments: '{"ready":true}' } }];
}

function denied(response: ServerResponse): void {
  sendJson(response, 401, { error: { message: "Incorrect API key provided", code: "invalid_api_key" } });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
