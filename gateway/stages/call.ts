import type { Dispatcher } from "undici";
import type { RouteTimeouts } from "../../contracts/gateway-config.ts";
import { REQUEST_ID_HEADER } from "../../contracts/headers.ts";
import type { OutboundRequest, StreamTranslator } from "../dialects/dialect.ts";
import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import type { GenerationRequest } from "../generation-request.ts";
import type { Target } from "../targets/target.ts";
import type { Upstream } from "../targets/upstream.ts";
import type { Plan } from "./plan.ts";
import { answerFailure, connectionFailure, UpstreamFailure } from "./upstream-failure.ts";

export type UpstreamBody = Dispatcher.ResponseData["body"];

/** An answer: a stream whose first byte has come, or the whole of one that is not streamed, in OpenAI's dialect. */
export type UpstreamAnswer =
  | {
      readonly kind: "stream";
      readonly body: UpstreamBody;
      readonly first: Buffer;
      /** To OpenAI's dialect, where the target speaks another one. */
      readonly translator: StreamTranslator | undefined;
      readonly release: () => void;
    }
  | { readonly kind: "whole"; readonly bytes: Buffer };

/** One upstream, and two that may take over. */
const MAX_ATTEMPTS = 3;
/** An answer with logprobs has about a kilobyte per token; this is far above any of them. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Sixth stage: calls a server of the first target, and another one, there or at the next target, when it is gone or
 * full, as long as the client has got nothing.
 * @throws {GatewayError} `timeout`, `model_unavailable`, `overloaded`, `upstream_error`, or the target's own refusal
 */
export async function callTargets(
  exchange: Exchange,
  request: GenerationRequest,
  plan: Plan,
  timeouts: RouteTimeouts,
): Promise<UpstreamAnswer> {
  const seconds = request.stream ? timeouts.firstByteSeconds : timeouts.totalSeconds;
  const timer = setTimeout(() => {
    exchange.abort.abort(new GatewayError("timeout", { message: timeoutMessage(request.stream, seconds) }));
  }, seconds * 1000);
  const tried = new Set<Upstream>();
  let failure: UpstreamFailure | undefined;
  try {
    for (const target of plan) {
      while (tried.size < MAX_ATTEMPTS) {
        const upstream = target.choose(request, tried);
        if (upstream === undefined) break;
        tried.add(upstream);
        try {
          return await attempt(exchange, request, target, upstream);
        } catch (error) {
          if (!(error instanceof UpstreamFailure)) throw error;
          if (error.kind === "refused") upstream.markDown();
          failure = worse(failure, error);
        }
      }
    }
    // That no other upstream is left is the consequence; what happened to those tried is the cause.
    if (failure !== undefined) throw failure.toGatewayError();
    throw new GatewayError(plan.some((target) => target.isFull(tried)) ? "overloaded" : "model_unavailable");
  } finally {
    clearTimeout(timer);
  }
}

function timeoutMessage(isStream: boolean, seconds: number): string {
  return isStream
    ? `The model sent nothing within ${seconds} s. Shorten the prompt or try again.`
    : `The model did not answer within ${seconds} s. Lower max_tokens, or stream the answer.`;
}

/** A full upstream tells most: the model is there, and waiting helps. */
function worse(before: UpstreamFailure | undefined, now: UpstreamFailure): UpstreamFailure {
  return before?.kind === "busy" ? before : now;
}

async function attempt(
  exchange: Exchange,
  generation: GenerationRequest,
  target: Target,
  upstream: Upstream,
): Promise<UpstreamAnswer> {
  const { signal } = exchange.abort;
  signal.throwIfAborted();
  const { dialect } = target;
  const { stream } = generation;
  const release = upstream.acquire(generation);
  exchange.targetId = target.id;
  exchange.engineId = upstream.id;
  let isHandedOn = false;
  try {
    const outbound: OutboundRequest = { generation, model: target.upstreamModel, origin: upstream.origin };
    const call = await dialect.encode(outbound);
    const headers = {
      "content-type": "application/json",
      accept: stream ? dialect.streamMediaType : "application/json",
      [REQUEST_ID_HEADER]: exchange.requestId,
      ...upstream.headers,
      ...call.headers,
    };
    const { path, body } = call;
    const answer = await upstream.pool.request({ method: "POST", path, headers, body, signal });
    answer.body.on("error", ignore);
    const { statusCode } = answer;
    if (statusCode !== 200) {
      const problem = dialect.decodeProblem(statusCode, await readError(answer.body));
      throw answerFailure(statusCode, answer.headers["retry-after"], problem);
    }
    if (!stream || !String(answer.headers["content-type"]).startsWith(dialect.streamMediaType)) {
      const bytes = await readWhole(answer.body, MAX_ANSWER_BYTES);
      return { kind: "whole", bytes: dialect.decodeWhole(bytes, outbound) };
    }
    const first = await firstBytes(answer.body);
    upstream.sawFirstByte?.(generation);
    isHandedOn = true;
    return { kind: "stream", body: answer.body, first, translator: dialect.decodeStream(outbound), release };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof UpstreamFailure || error instanceof GatewayError ? error : connectionFailure(error);
  } finally {
    if (!isHandedOn) release();
  }
}

/** The listener that keeps a late error of an aborted body from ending the process. */
function ignore(): void {}

async function readWhole(body: UpstreamBody, limitBytes: number): Promise<Buffer> {
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
async function readError(body: UpstreamBody): Promise<string> {
  try {
    return (await readWhole(body, MAX_ERROR_BYTES)).toString("utf8");
  } catch {
    return "";
  }
}

/** Waits for the first bytes and leaves the body paused behind them. */
function firstBytes(body: UpstreamBody): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      body.off("data", onData).off("end", onEnd).off("error", onError);
      settle();
    };
    const onData = (chunk: Buffer) => {
      body.pause();
      finish(() => resolve(chunk));
    };
    const onEnd = () => finish(() => reject(new UpstreamFailure("died")));
    const onError = (error: Error) => finish(() => reject(error));
    body.on("data", onData).on("end", onEnd).on("error", onError);
  });
}
