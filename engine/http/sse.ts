import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** Writes server-sent events; the response's head goes out with the first one, so that earlier errors have a status. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;

  constructor(response: ServerResponse, signal: AbortSignal) {
    this.#response = response;
    this.#signal = signal;
  }

  /** Waits while the client reads more slowly than the model writes. */
  async send(data: unknown): Promise<void> {
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
        "x-accel-buffering": "no",
      });
    }
    const more = this.#response.write(`data: ${JSON.stringify(data)}\n\n`);
    if (!more) await once(this.#response, "drain", { signal: this.#signal });
  }

  end(): void {
    this.#response.end("data: [DONE]\n\n");
  }
}
