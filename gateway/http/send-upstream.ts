import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { type BodyDecoder, bodyDecoder } from "./decode-body.ts";
import { UpstreamBody } from "./upstream-body.ts";

export interface UpstreamRequest extends Dispatcher.DispatchOptions {
  /** Ends the call, also when its response has begun. */
  readonly signal: AbortSignal;
  /** Called when the request is about to be written on a connection. */
  readonly onWrite?: () => void;
}

/** A response whose head has come. */
export interface UpstreamResponse {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: UpstreamBody;
}

/**
 * Sends a request and resolves when the head of its response has come. A pool's own `request` makes a stream of each response.
 * @throws the signal's reason, or what broke the connection off
 */
export function sendUpstream(
  pool: Dispatcher,
  { signal, onWrite, ...request }: UpstreamRequest,
): Promise<UpstreamResponse> {
  const head = Promise.withResolvers<UpstreamResponse>();
  let controller: Dispatcher.DispatchController | undefined;
  let body: UpstreamBody | undefined;
  let decoder: BodyDecoder | undefined;

  function end(error?: Error): void {
    signal.removeEventListener("abort", onAbort);
    if (error !== undefined) head.reject(error);
    if (decoder === undefined) body?.end(error);
    else decoder.end(error);
  }
  function onAbort(): void {
    end(signal.reason);
    controller?.abort(signal.reason);
  }
  if (signal.aborted) return Promise.reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  pool.dispatch(request, {
    onRequestStart(started) {
      controller = started;
      // It may have waited for a connection until now.
      if (signal.aborted) started.abort(signal.reason);
      else onWrite?.();
    },
    onResponseStart(self, statusCode, headers) {
      if (statusCode < 200) return;
      body = new UpstreamBody(self);
      const { "content-encoding": encoding } = headers;
      decoder = encoding === undefined ? undefined : bodyDecoder(String(encoding), body);
      head.resolve({ statusCode, headers, body });
    },
    onResponseData: (_, chunk) => (decoder ?? body)?.push(chunk),
    onResponseEnd: () => end(),
    onResponseError: (_, error) => end(error),
  });
  return head.promise;
}
