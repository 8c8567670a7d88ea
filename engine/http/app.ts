import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { finished } from "node:stream/promises";
import { ApiError } from "./api-error.ts";
import type { Backend, LogEvent } from "./backend.ts";
import { sendApiError, sendJson } from "./handler.ts";

/** HTTP server around a backend: readiness, dispatch by path and method, errors and draining. */
export class EngineApp {
  readonly #backend: Backend;
  readonly #log: LogEvent;
  readonly #server: Server;
  readonly #stop = new AbortController();
  readonly #open = new Set<Promise<void>>();
  #draining = false;

  constructor(backend: Backend, log: LogEvent) {
    this.#backend = backend;
    this.#log = log;
    this.#server = createServer((request, response) => {
      // Open until the last byte is sent, so that a drain never cuts a response.
      const done = this.#handle(request, response)
        .then(() => finished(response))
        .catch(() => {})
        .finally(() => this.#open.delete(done));
      this.#open.add(done);
    });
    // Gateways reuse connections; a shorter limit than theirs would close one during a request.
    this.#server.keepAliveTimeout = 75_000;
  }

  /** Listens and returns the port. `/health` responds with 503 until `load` has ended. */
  async listen(port: number, host: string): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, "listening");
    const address = this.#server.address();
    const bound = typeof address === "object" && address !== null ? address.port : port;
    this.#log("listening", { host, port: bound });
    return bound;
  }

  /** Makes the backend ready. */
  async load(): Promise<void> {
    const started = performance.now();
    await this.#backend.load();
    this.#log("ready", { seconds: Math.round(performance.now() - started) / 1000, rss: process.memoryUsage.rss() });
  }

  /** Refuses new requests, gives open ones `graceMs` to finish, aborts the rest, and frees the model. */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    this.#log("draining", { open: this.#open.size });
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#stop.abort(new ApiError("shutting_down")), graceMs);
    await Promise.allSettled(this.#open);
    clearTimeout(timer);
    this.#server.closeAllConnections();
    await closed;
    await this.#backend.close();
    this.#log("stopped");
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on("close", () => gone.abort(new Error("The client left.")));
    const signal = AbortSignal.any([gone.signal, this.#stop.signal]);
    try {
      const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
      if (path === "/health") return await this.#health(response, signal);
      const methods = Object.hasOwn(this.#backend.endpoints, path) ? this.#backend.endpoints[path] : undefined;
      if (methods === undefined) throw new ApiError("not_found");
      const handler = methods[request.method ?? "GET"];
      if (handler === undefined) {
        throw new ApiError("method_not_allowed", { headers: { allow: Object.keys(methods).join(", ") } });
      }
      if (this.#draining) throw new ApiError("shutting_down", { headers: { connection: "close" } });
      await handler({ request, response, signal });
    } catch (error) {
      if (gone.signal.aborted) return;
      const problem = error instanceof ApiError ? error : new ApiError("internal_error");
      if (problem.code === "internal_error") {
        this.#log("request failed", { error: error instanceof Error ? error.stack : String(error) });
      }
      sendApiError(response, problem);
    }
  }

  async #health(response: ServerResponse, signal: AbortSignal): Promise<void> {
    if (this.#draining) throw new ApiError("shutting_down", { headers: { connection: "close" } });
    if (!(await this.#backend.isHealthy(signal))) {
      throw new ApiError("model_unavailable", { message: "The model is not ready yet." });
    }
    sendJson(response, 200, { status: "ready" });
  }
}
