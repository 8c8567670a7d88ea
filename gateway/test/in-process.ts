import type { Caller } from "../core/request.ts";
import type { Gateway } from "../gateway-options.ts";
import { bufferedBody } from "../in-process/buffered-body.ts";
import { wholeBody } from "../in-process/byte-queue.ts";

export interface SendOptions {
  /** @default - POST with a body, GET without one */
  readonly method?: string;
  /** JSON, or text as it is. */
  readonly body?: unknown;
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default "192.0.2.1" */
  readonly address?: string;
  readonly signal?: AbortSignal;
  readonly knownCaller?: Caller;
}

/** Sends a request to a gateway without a socket, and reads the response to its end. */
export async function send({ handle }: Pick<Gateway, "handle">, target: string, options: SendOptions = {}) {
  const { body, method = body === undefined ? "GET" : "POST", headers = {}, address = "192.0.2.1" } = options;
  const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
  const response = await handle({
    method,
    target,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    body: bufferedBody(Buffer.from(text)),
    address,
    signal: options.signal ?? new AbortController().signal,
    knownCaller: options.knownCaller,
  });
  const bytes = response.body.kind === "none" ? Buffer.alloc(0) : await wholeBody(response);
  const content = bytes.toString("utf8");
  return { status: response.status, headers: response.headers, text: content, json: () => JSON.parse(content) };
}
