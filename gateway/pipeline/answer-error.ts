import { errorBody } from "../../contracts/errors.ts";
import { REQUEST_ID_HEADER } from "../../contracts/headers.ts";
import { ClientGone, GatewayError } from "../core/gateway-error.ts";
import type { InboundDialect } from "../dialects/inner/dialect.ts";
import type { Exchange } from "../exchange.ts";
import { sendJson, sendJsonAndHangUp } from "../http/answer.ts";

/**
 * Turns whatever a stage threw into the client's answer. What is not in the catalogue stays in the log.
 * Never throws: what can't be written as it should be becomes `internal_error` with the request's id as its only header.
 * @param inbound how clients speak on this route, where that is not OpenAI's dialect
 */
export function answerError(exchange: Exchange, thrown: unknown, inbound?: InboundDialect): void {
  try {
    writeError(exchange, thrown, inbound);
  } catch (failure) {
    exchange.failure ??= failure;
    exchange.errorCode = "internal_error";
    const { response, requestId } = exchange;
    if (response.headersSent) response.destroy();
    else sendJson(response, 500, { [REQUEST_ID_HEADER]: requestId }, errorBody("internal_error"));
  }
}

function writeError(exchange: Exchange, thrown: unknown, inbound: InboundDialect | undefined): void {
  const { request, response } = exchange;
  if (thrown instanceof ClientGone || exchange.isAborted) {
    exchange.isAborted = true;
    response.destroy();
    return;
  }
  const error = thrown instanceof GatewayError ? thrown : new GatewayError("internal_error");
  if (error !== thrown) exchange.failure = thrown;
  exchange.errorCode = error.code;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const headers = { ...exchange.headers, ...error.headers };
  const body = inbound === undefined ? error.body : inbound.errorBody(error.body, exchange.requestId);
  if (error.code === "request_too_large") sendJsonAndHangUp(request, response, error.status, headers, body);
  else sendJson(response, error.status, headers, body);
}
