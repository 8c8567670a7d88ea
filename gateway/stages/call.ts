import type { Dispatcher } from "undici";
import type { RouteTimeouts } from "../../contracts/gateway-config.ts";
import { REQUEST_ID_HEADER } from "../../contracts/headers.ts";
import type { Engine } from "../engines/engine.ts";
import type { ModelPool } from "../engines/model-pool.ts";
import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { engineBody } from "./engine-body.ts";
import { answerFailure, connectionFailure, EngineFailure } from "./engine-failure.ts";
import type { GenerationRequest, GenerationRoute } from "./parse-body.ts";
import { routeEngine } from "./route.ts";

type EngineResponse = Dispatcher.ResponseData;
export type EngineBody = EngineResponse["body"];

/** An engine's answer: a stream whose first byte has come, or the whole of an answer that is not streamed. */
export type EngineAnswer =
  | { readonly kind: "stream"; readonly body: EngineBody; readonly first: Buffer; readonly release: () => void }
  | { readonly kind: "whole"; readonly bytes: Buffer };

/** One engine, and two that may take over. */
const MAX_ATTEMPTS = 3;
/** An answer with logprobs has about a kilobyte per token; this is far above any of them. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Sixth stage: calls an engine, and another one when it is gone or full, as long as the client has got nothing.
 * @throws {GatewayError} `timeout`, `model_unavailable`, `overloaded`, `upstream_error`, or the engine's own refusal
 */
export async function callEngine(
  exchange: Exchange,
  route: GenerationRoute,
  request: GenerationRequest,
  pool: ModelPool,
  timeouts: RouteTimeouts,
): Promise<EngineAnswer> {
  const seconds = request.stream ? timeouts.firstByteSeconds : timeouts.totalSeconds;
  const timeout = new GatewayError("timeout", { message: timeoutMessage(request.stream, seconds) });
  const timer = setTimeout(() => exchange.abort.abort(timeout), seconds * 1000);
  const call = { exchange, route, stream: request.stream, body: engineBody(request) };
  const tried = new Set<Engine>();
  let failure: EngineFailure | undefined;
  try {
    while (tried.size < MAX_ATTEMPTS) {
      const engine = nextEngine(pool, tried, failure);
      tried.add(engine);
      try {
        return await attempt(call, engine);
      } catch (error) {
        if (!(error instanceof EngineFailure)) throw error;
        if (error.kind === "refused") engine.markDown();
        failure = worse(failure, error);
      }
    }
    throw failure?.toGatewayError() ?? new GatewayError("model_unavailable");
  } finally {
    clearTimeout(timer);
  }
}

function timeoutMessage(isStream: boolean, seconds: number): string {
  return isStream
    ? `The model sent nothing within ${seconds} s. Shorten the prompt or try again.`
    : `The model did not answer within ${seconds} s. Lower max_tokens, or stream the answer.`;
}

function nextEngine(pool: ModelPool, tried: ReadonlySet<Engine>, failure: EngineFailure | undefined): Engine {
  try {
    return routeEngine(pool, tried);
  } catch (error) {
    // That no other engine is left is the consequence; what happened to those tried is the cause.
    throw failure?.toGatewayError() ?? error;
  }
}

/** A full engine tells most: the model is there, and waiting helps. */
function worse(before: EngineFailure | undefined, now: EngineFailure): EngineFailure {
  return before?.kind === "busy" ? before : now;
}

interface Call {
  readonly exchange: Exchange;
  readonly route: GenerationRoute;
  readonly stream: boolean;
  readonly body: Buffer;
}

async function attempt({ exchange, route, stream, body }: Call, engine: Engine): Promise<EngineAnswer> {
  const { signal } = exchange.abort;
  signal.throwIfAborted();
  const release = engine.acquire();
  exchange.engineId = engine.id;
  let isHandedOn = false;
  try {
    const headers = {
      ...engine.headers,
      "content-type": "application/json",
      accept: stream ? "text/event-stream" : "application/json",
      [REQUEST_ID_HEADER]: exchange.requestId,
    };
    const answer = await engine.pool.request({ method: "POST", path: route, headers, body, signal });
    answer.body.on("error", ignore);
    if (answer.statusCode !== 200)
      throw answerFailure(answer.statusCode, answer.headers["retry-after"], await readError(answer.body));
    if (!stream || !String(answer.headers["content-type"]).startsWith("text/event-stream"))
      return { kind: "whole", bytes: await readWhole(answer.body, MAX_ANSWER_BYTES) };
    const first = await firstBytes(answer.body);
    isHandedOn = true;
    return { kind: "stream", body: answer.body, first, release };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof EngineFailure || error instanceof GatewayError ? error : connectionFailure(error);
  } finally {
    if (!isHandedOn) release();
  }
}

/** The listener that keeps a late error of an aborted body from ending the process. */
function ignore(): void {}

async function readWhole(body: EngineBody, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > limitBytes) throw new GatewayError("upstream_error");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** The status says enough when the text can't be read. */
async function readError(body: EngineBody): Promise<string> {
  try {
    return (await readWhole(body, MAX_ERROR_BYTES)).toString("utf8");
  } catch {
    return "";
  }
}

/** Waits for the first bytes and leaves the body paused behind them. */
function firstBytes(body: EngineBody): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      body.off("data", onData).off("end", onEnd).off("error", onError);
      settle();
    };
    const onData = (chunk: Buffer) => {
      body.pause();
      finish(() => resolve(chunk));
    };
    const onEnd = () => finish(() => reject(new EngineFailure("died")));
    const onError = (error: Error) => finish(() => reject(error));
    body.on("data", onData).on("end", onEnd).on("error", onError);
  });
}
