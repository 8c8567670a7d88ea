import { once } from "node:events";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import { type Dispatcher, Pool } from "undici";
import * as z from "zod";
import { ApiError } from "./http/api-error.ts";
import type { Backend, LogEvent } from "./http/backend.ts";
import { type Endpoints, type HttpCall, readJson, sendJson } from "./http/handler.ts";
import { EngineMetrics } from "./inference/metrics.ts";
import type { EngineSettings, UpstreamSettings } from "./settings/settings.ts";

const AnyBody = z.looseObject({ model: z.string().nullish() });
const AnyList = z.looseObject({
  data: z.array(z.looseObject({ id: z.string(), max_model_len: z.number().nullish() })).min(1),
});
/** `"model": "…"` in JSON. Inside a string its quotes would be escaped, so this can only be a key. */
const MODEL_FIELD = /"model"\s*:\s*"(?:[^"\\]|\\.)*"/;
const HEALTH_TIMEOUT_MS = 5000;
const LOAD_RETRY_MS = 1000;

/** Any OpenAI-compatible server in place of the local model: bodies pass through, only the model's name changes. */
export class UpstreamBackend implements Backend {
  readonly endpoints: Endpoints;
  readonly #upstream: UpstreamSettings;
  readonly #log: LogEvent;
  readonly #names: readonly string[];
  readonly #metrics: EngineMetrics;
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #created = Math.floor(Date.now() / 1000);
  #running = 0;
  #model: { readonly id: string; readonly context: number | null } | null = null;

  constructor(settings: EngineSettings, upstream: UpstreamSettings, log: LogEvent) {
    this.#upstream = upstream;
    this.#log = log;
    this.#names = settings.servedModelNames;
    const { origin, pathname } = new URL(upstream.url);
    this.#basePath = pathname.replace(/\/$/, "");
    // No time limits here: the gateway in front has them, and aborts.
    this.#pool = new Pool(origin, { connections: 128, headersTimeout: 0, bodyTimeout: 0 });
    const name = settings.servedModelNames[0] ?? upstream.model ?? "upstream";
    this.#metrics = new EngineMetrics(name, () => ({ running: this.#running, waiting: 0, cacheUsage: 0 }));
    const relay = (path: string) => ({ POST: (httpCall: HttpCall) => this.#relay(path, httpCall) });
    this.endpoints = {
      "/v1/completions": relay("/v1/completions"),
      "/v1/chat/completions": relay("/v1/chat/completions"),
      "/v1/embeddings": relay("/v1/embeddings"),
      "/tokenize": relay("/tokenize"),
      "/detokenize": relay("/detokenize"),
      "/v1/models": { GET: (httpCall) => this.#listModels(httpCall) },
      "/metrics": { GET: (httpCall) => this.#showMetrics(httpCall) },
    };
  }

  /** Waits until the upstream lists its models; it may start later than this process. */
  async load(): Promise<void> {
    this.#log("loading", { upstream: this.#upstream.url });
    while (!(await this.isHealthy())) {
      if (this.#pool.closed || this.#pool.destroyed)
        throw new Error("The process ended before the upstream responded.");
      await sleep(LOAD_RETRY_MS);
    }
  }

  async isHealthy(): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
      const reply = await this.#call("GET", "/v1/models", undefined, signal);
      const list = AnyList.parse(await reply.body.json());
      const wanted = this.#upstream.model;
      const card = list.data.find(({ id }) => wanted === null || id === wanted);
      const context = card?.max_model_len ?? null;
      // Some servers do not list models that they load on demand; then the setting's name is trusted.
      this.#model = { id: card?.id ?? wanted ?? "", context };
      return reply.statusCode === 200;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #listModels({ response }: HttpCall): Promise<void> {
    const model = this.#ready();
    const names = this.#names.length > 0 ? this.#names : [model.id];
    const context = model.context === null ? {} : { max_model_len: model.context };
    const data = names.map((id) => ({
      id,
      object: "model",
      created: this.#created,
      owned_by: "sluice",
      root: model.id,
      ...context,
    }));
    sendJson(response, 200, { object: "list", data });
  }

  async #showMetrics({ response }: HttpCall): Promise<void> {
    response.writeHead(200, { "content-type": this.#metrics.contentType });
    response.end(await this.#metrics.text());
  }

  async #relay(path: string, { request, response, signal }: HttpCall): Promise<void> {
    const model = this.#ready();
    const body = AnyBody.safeParse(await readJson(request));
    if (!body.success)
      throw new ApiError("invalid_request", { message: "The body must be a JSON object with `model`." });
    const requested = body.data.model ?? null;
    if (requested !== null && this.#names.length > 0 && !this.#names.includes(requested)) {
      const message = `The model \`${requested}\` does not exist here. This engine serves ${this.#names.join(", ")}.`;
      throw new ApiError("model_not_found", { message, details: [{ param: "model", message }] });
    }
    const figures = this.#metrics.sequence(0);
    this.#running += 1;
    try {
      figures.start(0);
      const reply = await this.#call("POST", path, JSON.stringify({ ...body.data, model: model.id }), signal);
      await copy(reply, response, requested ?? this.#names[0] ?? model.id, signal);
      figures.end("stop");
    } catch (error) {
      figures.end(signal.aborted ? "abort" : "error");
      if (signal.aborted || error instanceof ApiError) throw error;
      throw new ApiError(response.headersSent ? "stream_interrupted" : "upstream_error");
    } finally {
      this.#running -= 1;
    }
  }

  #ready() {
    if (this.#model === null) throw new ApiError("model_unavailable");
    return this.#model;
  }

  #call(method: "GET" | "POST", path: string, body: string | undefined, signal: AbortSignal) {
    const { key } = this.#upstream;
    return this.#pool.request({
      method,
      path: this.#basePath + path,
      headers: {
        "content-type": "application/json",
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(body === undefined ? {} : { body }),
      signal,
    });
  }
}

/** Copies a response with `name` as its model: line by line in a stream, else in the whole body. */
async function copy(
  reply: Dispatcher.ResponseData,
  response: HttpCall["response"],
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const type = String(reply.headers["content-type"] ?? "application/json");
  const retry = reply.headers["retry-after"];
  const head = { "content-type": type, ...(retry === undefined ? {} : { "retry-after": String(retry) }) };
  const field = `"model":${JSON.stringify(name)}`;
  // A function, because `$` in a replacement string means something.
  const rename = (text: string) => text.replace(MODEL_FIELD, () => field);
  if (!type.startsWith("text/event-stream")) {
    const text = rename(await reply.body.text());
    response.writeHead(reply.statusCode, { ...head, "content-length": Buffer.byteLength(text) });
    response.end(text);
    return;
  }
  response.writeHead(reply.statusCode, { ...head, "cache-control": "no-cache", "x-accel-buffering": "no" });
  const decoder = new StringDecoder("utf8");
  let line = "";
  for await (const chunk of reply.body) {
    if (!Buffer.isBuffer(chunk)) continue;
    const lines = (line + decoder.write(chunk)).split("\n");
    line = lines.pop() ?? "";
    const text = lines.map((each) => `${rename(each)}\n`).join("");
    if (text !== "" && !response.write(text)) await once(response, "drain", { signal });
  }
  response.end(rename(line));
}
