import type { Logger } from "pino";
import type { Exchange } from "../exchange.ts";
import { measureRequest } from "../metrics/measure-request.ts";
import type { Meter } from "../metrics/meter.ts";

/** As in nginx's logs: the client left before anything was sent. Never on the wire. */
const CLIENT_CLOSED_REQUEST = 499;
const MAX_MODEL_CHARACTERS = 80;

/**
 * Last stage, for every request however it ended: one log line and the counts. The line has neither prompt nor answer,
 * neither key nor headers.
 */
export function settle(exchange: Exchange, logger: Logger, meter: Meter, now: number): void {
  const { request, response, failure } = exchange;
  const status = response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST;
  const durationMs = now - exchange.startedAt;
  const { route, startedAt, firstTokenAt, lastTokenAt, model, isModelKnown, errorCode, isAborted, cache } = exchange;
  const { promptTokens, completionTokens, chargeUsd } = exchange;
  const { method } = request;
  measureRequest(meter, {
    route,
    method,
    status,
    durationMs,
    startedAt,
    firstTokenAt,
    lastTokenAt,
    model,
    isModelKnown,
    errorCode,
    isAborted,
    promptTokens,
    completionTokens,
    chargeUsd,
    cache,
  });
  const line = {
    requestId: exchange.requestId,
    route: exchange.route,
    method: request.method,
    status,
    errorCode: exchange.errorCode,
    model: exchange.model?.slice(0, MAX_MODEL_CHARACTERS),
    targetId: exchange.targetId,
    engineId: exchange.engineId,
    keyId: exchange.keyId,
    priority: exchange.priority,
    stream: exchange.stream,
    cache: exchange.cache?.result,
    promptTokens: exchange.promptTokens,
    completionTokens: exchange.completionTokens,
    priceFactor: exchange.priceFactor === 1 ? undefined : exchange.priceFactor,
    chargeUsd: exchange.chargeUsd === 0 ? undefined : roundedUsd(exchange.chargeUsd),
    firstTokenMs: exchange.firstTokenAt === undefined ? undefined : rounded(exchange.firstTokenAt - exchange.startedAt),
    queuedMs: exchange.queuedMs === undefined ? undefined : rounded(exchange.queuedMs),
    durationMs: rounded(durationMs),
    aborted: exchange.isAborted,
  };
  if (failure === undefined) logger.info(line, "request");
  else logger.error({ ...line, failure: describeFailure(failure) }, "request");
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/** A token costs some millionths of a dollar; what is below a billionth is noise of the sum. */
function roundedUsd(usd: number): number {
  return Number(usd.toFixed(9));
}

/** Kind and place of an unexpected exception. Not its message: that may quote what the client sent. */
export function describeFailure(failure: unknown): { readonly name: string; readonly stack: readonly string[] } {
  if (!(failure instanceof Error)) return { name: typeof failure, stack: [] };
  const frames = (failure.stack ?? "").split("\n").filter((frame) => frame.startsWith("    at "));
  return { name: failure.name, stack: frames.map((frame) => frame.trim()) };
}
