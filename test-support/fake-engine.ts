import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ENGINE_METRICS } from "../contracts/engine/engine-metrics.ts";
import { bodyOf, startFakeServer } from "./fake-server.ts";

/** The behaviour of a fake engine; change it at any time. */
export interface FakeEngineBehaviour {
  /** `/health`: 200, 503 as while it loads, or no response at all. */
  health: "ready" | "loading" | "silent";
  /** `answer`, or a status with this body, or never a response. */
  mode:
    | "answer"
    | "hang"
    | { readonly status: number; readonly body: string; readonly headers?: Record<string, string> };
  /** Tokens of a completion. */
  tokens: number;
  /** Whether it stops at the bound that a request names. */
  obeysMaxTokens: boolean;
  /** Milliseconds between two of them. */
  intervalMs: number;
  /** Milliseconds before the first byte of the body. */
  firstByteMs: number;
  /** Whether a stream's headers go out before `firstByteMs`. */
  headersEarly: boolean;
  /** Cuts the connection after so many tokens (0: before anything is sent). */
  diesAfterTokens: number | undefined;
  /** Falls silent after so many tokens, with the connection open. */
  stallsAfterTokens: number | undefined;
  /** Bytes of text in each token. */
  tokenBytes: number;
  /** The load in its `/metrics`. @default - there is no such page */
  load: FakeEngineLoad | undefined;
  /** `max_model_len` of `/v1/models`. */
  contextTokens: number;
}

export interface FakeEngineLoad {
  readonly running: number;
  readonly waiting: number;
  readonly kvCacheUsage: number;
  /** When its process began, in seconds since 1970. */
  readonly startedAt: number;
  /** Copies of the model in its server, each with this load. @default 1 */
  readonly copies?: number;
}

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The bytes of the body as text, and parsed. */
  readonly text: string;
  readonly body: Record<string, unknown>;
  /** Whether its response is not complete yet. */
  isOpen: boolean;
  /** Whether the caller left before the response was complete. */
  aborted: boolean;
  /** Bytes that this engine could hand to its socket so far. */
  sentBytes: number;
}

/** What `/version` responds with, as vLLM's does. */
export const FAKE_ENGINE_VERSION = "0.0.0-fake";

const DEFAULTS: FakeEngineBehaviour = {
  health: "ready",
  mode: "answer",
  tokens: 3,
  obeysMaxTokens: false,
  intervalMs: 0,
  firstByteMs: 0,
  headersEarly: true,
  diesAfterTokens: undefined,
  stallsAfterTokens: undefined,
  tokenBytes: 1,
  load: undefined,
  contextTokens: 4096,
};

export interface FakeEngine {
  readonly origin: string;
  readonly port: number;
  readonly behaviour: FakeEngineBehaviour;
  /** Generation requests, in the order they came. */
  readonly received: readonly ReceivedRequest[];
  /** Number of requests for `/health`. */
  readonly probes: number;
  /** `Host` headers that came. */
  readonly hosts: ReadonlySet<string>;
  /** Stops listening and cuts all connections, as a crash does. */
  stop(): Promise<void>;
}

/** Starts an engine with vLLM's surface and a scripted behaviour, on a real socket. */
export async function startFakeEngine(behaviour: Partial<FakeEngineBehaviour> = {}, port = 0): Promise<FakeEngine> {
  const state: FakeEngineBehaviour = { ...DEFAULTS, ...behaviour };
  const received: ReceivedRequest[] = [];
  const hosts = new Set<string>();
  let probes = 0;
  const server = await startFakeServer((request, response) => {
    hosts.add(request.headers.host ?? "");
    if (request.url === "/health") {
      probes++;
      if (state.health !== "silent") response.writeHead(state.health === "ready" ? 200 : 503).end();
      return;
    }
    if (request.url === "/metrics") return sendLoad(response, state);
    if (request.url === "/version") return sendJson(response, 200, { version: FAKE_ENGINE_VERSION });
    if (request.url === "/v1/models") return sendJson(response, 200, modelList(state));
    return generate(request, response, state, received);
  }, port);
  return {
    ...server,
    behaviour: state,
    received,
    hosts,
    get probes() {
      return probes;
    },
  };
}

function sendLoad(response: ServerResponse, { load }: FakeEngineBehaviour): void {
  if (load === undefined) return void response.writeHead(404).end();
  const gauges = {
    [ENGINE_METRICS.requestsRunning]: load.running,
    [ENGINE_METRICS.requestsWaiting]: load.waiting,
    [ENGINE_METRICS.kvCacheUsage]: load.kvCacheUsage,
    [ENGINE_METRICS.processStart]: load.startedAt,
  };
  const lines = Array.from({ length: load.copies ?? 1 }, (_, copy) =>
    Object.entries(gauges).map(([name, value]) => `${name}{engine="${copy}",model_name="tiny"} ${value}\n`),
  ).flat();
  response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(lines.join(""));
}

function modelList({ contextTokens }: FakeEngineBehaviour): unknown {
  const card = { id: "tiny", object: "model", created: 1, owned_by: "vllm", root: "maker/tiny-weights" };
  return { object: "list", data: [{ ...card, max_model_len: contextTokens }] };
}

async function generate(
  request: IncomingMessage,
  response: ServerResponse,
  state: FakeEngineBehaviour,
  received: ReceivedRequest[],
): Promise<void> {
  const text = (await bodyOf(request)).toString("utf8");
  const body = JSON.parse(text) as Record<string, unknown>;
  const record: ReceivedRequest = {
    path: request.url ?? "",
    headers: request.headers,
    text,
    body,
    isOpen: true,
    aborted: false,
    sentBytes: 0,
  };
  received.push(record);
  response.once("close", () => {
    record.isOpen = false;
    record.aborted = !response.writableFinished;
  });
  const { mode } = state;
  if (mode === "hang") return;
  if (typeof mode === "object") {
    response.writeHead(mode.status, { "content-type": "application/json", ...mode.headers }).end(mode.body);
    return;
  }
  const own = state.obeysMaxTokens ? { ...state, tokens: Math.min(state.tokens, boundIn(body)) } : state;
  if (body.stream === true) await stream(response, own, record);
  else await whole(response, own, record);
}

function boundIn({ max_completion_tokens: newer, max_tokens: older }: Record<string, unknown>): number {
  return Number(newer ?? older ?? Number.POSITIVE_INFINITY);
}

async function whole(response: ServerResponse, state: FakeEngineBehaviour, record: ReceivedRequest): Promise<void> {
  await sleep(state.firstByteMs);
  if (state.diesAfterTokens === 0) return void response.destroy();
  const bytes = Buffer.from(JSON.stringify(wholeResponse(state, record)));
  response.writeHead(200, { "content-type": "application/json", "content-length": bytes.length });
  if (state.diesAfterTokens === undefined) return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}

function wholeResponse(state: FakeEngineBehaviour, { path, body }: ReceivedRequest): unknown {
  const { model } = body;
  switch (path) {
    case "/v1/embeddings":
      return { object: "list", data: embeddings(body), model, usage: { prompt_tokens: 7, total_tokens: 7 } };
    case "/tokenize":
      return { count: 3, max_model_len: state.contextTokens, tokens: [1, 2, 3], token_strs: null };
    case "/detokenize":
      return { prompt: "one two three" };
    default: {
      const isChat = path.includes("chat");
      const content = " word".repeat(state.tokens);
      const choice = isChat ? { message: { role: "assistant", content } } : { text: content };
      return {
        id: "fake-1",
        object: isChat ? "chat.completion" : "text_completion",
        created: 1,
        model,
        choices: [{ index: 0, ...choice, finish_reason: "stop" }],
        usage: usageOf(state),
      };
    }
  }
}

/** The same small vector for every input, in the requested form. */
function embeddings({ input, encoding_format: format }: Record<string, unknown>): unknown {
  const count = Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1;
  const bytes = Buffer.from(Float32Array.of(0.6, -0.8).buffer);
  const embedding = format === "base64" ? bytes.toString("base64") : [0.6, -0.8];
  return Array.from({ length: count }, (_, index) => ({ object: "embedding", index, embedding }));
}

async function stream(response: ServerResponse, state: FakeEngineBehaviour, record: ReceivedRequest): Promise<void> {
  const isChat = record.path.includes("chat");
  const head = { id: "fake-1", object: isChat ? "chat.completion.chunk" : "text_completion", created: 1 };
  const send = async (fields: Record<string, unknown>) => {
    const data = Buffer.from(`data: ${JSON.stringify({ ...head, model: record.body.model, ...fields })}\n\n`);
    const isTaken = response.write(data);
    record.sentBytes += data.length;
    if (!isTaken && !response.destroyed) await taken(response);
  };
  if (state.headersEarly)
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" }).flushHeaders();
  if (state.firstByteMs > 0) await sleep(state.firstByteMs);
  if (!state.headersEarly) response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  if (state.diesAfterTokens === 0) return void response.destroy();
  if (isChat) await send({ choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] });
  for (let index = 0; index < state.tokens && !response.destroyed; index++) {
    if (index > 0 && state.intervalMs > 0) await sleep(state.intervalMs);
    if (index === state.diesAfterTokens) return void response.destroy();
    if (index === state.stallsAfterTokens) return;
    const word = "w".repeat(state.tokenBytes) + index;
    await send({
      choices: [{ index: 0, ...(isChat ? { delta: { content: word } } : { text: word }), finish_reason: null }],
    });
  }
  await send({ choices: [{ index: 0, ...(isChat ? { delta: {} } : { text: "" }), finish_reason: "stop" }] });
  const options = record.body.stream_options as { include_usage?: boolean } | null | undefined;
  if (options?.include_usage === true) await send({ choices: [], usage: usageOf(state) });
  response.end("data: [DONE]\n\n");
}

/** Resolves when the socket takes more, or is closed. */
function taken(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      response.off("drain", finish).off("close", finish);
      resolve();
    };
    response.on("drain", finish).on("close", finish);
  });
}

function usageOf({ tokens }: FakeEngineBehaviour) {
  return { prompt_tokens: 7, total_tokens: 7 + tokens, completion_tokens: tokens };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
