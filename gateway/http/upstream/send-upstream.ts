import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { TaskGroups } from "../task-groups.ts";
import { type BodyDecoder, bodyDecoder } from "./decode-body.ts";
import { UpstreamBody } from "./upstream-body.ts";

export interface UpstreamRequest extends Dispatcher.DispatchOptions {
  /** Ends the call, also when its response has begun. */
  readonly signal: AbortSignal;
  /** Called when the request is about to be written on a connection. */
  readonly onWrite?: () => void;
}

/** Responses before the final one, such as 103 Early Hints: 64 KiB of them take a thread 70 ms. */
const MAX_INFORMATIONAL = 20;

const wholeResponses = new TaskGroups();

/** A response whose head has come. */
export interface UpstreamResponse {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: UpstreamBody;
}

/**
 * Sends a request and resolves when the head of its response has come. A pool's own `request` makes a stream of each response.
 * Rejects with the signal's reason, or with what broke the connection off.
 */
export function sendUpstream(pool: Dispatcher, request: UpstreamRequest): Promise<UpstreamResponse> {
  const { signal, onWrite } = request;
  if (signal.aborted) return Promise.reject(signal.reason);
  const receiver = new ResponseReceiver(signal, onWrite);
  try {
    pool.dispatch(request, receiver);
  } catch (error) {
    // The request is none that can be sent.
    receiver.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
  }
  return receiver.head;
}

/** Takes the parts of one response as they come. */
class ResponseReceiver implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal;
  readonly #onWrite: (() => void) | undefined;
  readonly #head = Promise.withResolvers<UpstreamResponse>();
  readonly #onAbort = () => this.#abort();
  #controller: Dispatcher.DispatchController | undefined = undefined;
  #body: UpstreamBody | undefined = undefined;
  #decoder: BodyDecoder | undefined = undefined;
  #informational = 0;
  /** Bytes of the body that are still to come; `NaN` where its head does not say. */
  #bytesLeft = Number.NaN;

  constructor(signal: AbortSignal, onWrite: (() => void) | undefined) {
    this.#signal = signal;
    this.#onWrite = onWrite;
    signal.addEventListener("abort", this.#onAbort);
  }

  get head(): Promise<UpstreamResponse> {
    return this.#head.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It may have waited for a connection until now.
    if (this.#signal.aborted) controller.abort(this.#signal.reason);
    else this.#onWrite?.();
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    if (statusCode < 200) {
      this.#informational++;
      if (this.#informational > MAX_INFORMATIONAL)
        controller.abort(new Error(`Over ${MAX_INFORMATIONAL} informational responses came before a response.`));
      return;
    }
    const { "content-encoding": encoding, "content-length": length } = headers;
    this.#bytesLeft = Number(length);
    this.#decoder = encoding === undefined ? undefined : bodyDecoder(String(encoding), controller);
    const body = this.#decoder?.body ?? new UpstreamBody(controller);
    this.#body = body;
    const head = { statusCode, headers, body };
    // The first bytes of a stream go to their reader before more are read.
    if (isWhole(headers)) wholeResponses.add(() => this.#head.resolve(head));
    else this.#head.resolve(head);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    (this.#decoder ?? this.#body)?.push(chunk);
    this.#bytesLeft -= chunk.length;
    // The response is over then. Where it pauses here, undici takes a server that closes for one that broke it off.
    if (this.#bytesLeft === 0) controller.resume();
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#end(error);
  }

  #abort(): void {
    const { reason } = this.#signal;
    this.#end(reason);
    this.#controller?.abort(reason);
  }

  #end(error?: Error): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    if (error !== undefined) this.#head.reject(error);
    if (this.#decoder === undefined) this.#body?.end(error);
    else this.#decoder.end(error);
  }
}

function isWhole({ "content-type": type }: IncomingHttpHeaders): boolean {
  return type?.startsWith("application/json") === true;
}
