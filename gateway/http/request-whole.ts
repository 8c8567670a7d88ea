import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { BoundedBytes } from "./bounded-bytes.ts";

export interface WholeRequest extends Dispatcher.DispatchOptions {
  readonly signal: AbortSignal;
  /** What an answer of this status may have at most, in bytes. */
  readonly limitBytes: (statusCode: number) => number;
}

/** An answer whose head has come. */
export interface WholeAnswer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  /** Its body; `undefined` when there is more than the limit, and then the rest is not read. Rejects when it breaks off. */
  readonly bytes: Promise<Buffer | undefined>;
}

/**
 * Sends a request whose answer is wanted as a whole. A pool's own `request` makes a stream of each answer, which costs as
 * much as the exchange itself and outlives a scavenge. Resolves when the head has come.
 * @throws the signal's reason, or what broke the connection off
 */
export function requestWhole(pool: Dispatcher, { signal, limitBytes, ...request }: WholeRequest): Promise<WholeAnswer> {
  const head = Promise.withResolvers<WholeAnswer>();
  const body = Promise.withResolvers<Buffer | undefined>();
  // Nobody may be waiting yet when it breaks off.
  body.promise.catch(() => undefined);
  let bytes = new BoundedBytes(0);
  let controller: Dispatcher.DispatchController | undefined;

  function end(error: Error): void {
    signal.removeEventListener("abort", onAbort);
    head.reject(error);
    body.reject(error);
  }
  function onAbort(): void {
    end(signal.reason);
    controller?.abort(signal.reason);
  }
  if (signal.aborted) {
    end(signal.reason);
    return head.promise;
  }
  signal.addEventListener("abort", onAbort);
  pool.dispatch(request, {
    onRequestStart(started) {
      controller = started;
      // It may have waited for a connection until now.
      if (signal.aborted) started.abort(signal.reason);
    },
    onResponseStart(_, statusCode, headers) {
      if (statusCode < 200) return;
      bytes = new BoundedBytes(limitBytes(statusCode));
      head.resolve({ statusCode, headers, bytes: body.promise });
    },
    onResponseData(self, chunk) {
      if (bytes.push(chunk)) return;
      body.resolve(undefined);
      self.abort(new Error("the answer is larger than its limit"));
    },
    onResponseEnd() {
      signal.removeEventListener("abort", onAbort);
      body.resolve(bytes.whole());
    },
    onResponseError: (_, error) => end(error),
  });
  return head.promise;
}
