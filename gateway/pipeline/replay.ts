import type { CachedAnswer } from "../cache/cached-answer.ts";
import { answerBytes } from "../cache/finished-answer.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Exchange } from "../exchange.ts";
import { sendBytes } from "../http/answer.ts";
import { STREAM_HEADERS } from "./relay.ts";

/**
 * Seventh stage, for an answer from the cache: the bytes that the first asker got, a stream's events all at once.
 * Nothing was computed, so the exchange has no tokens and no time to the first one.
 */
export function replay(exchange: Exchange, request: GenerationRequest, answer: CachedAnswer): void {
  const { inbound, response, headers } = exchange;
  const bytes = answerBytes(answer, request.wantsUsage);
  if (answer.kind === "whole") {
    const said = inbound === undefined ? bytes : inbound.dialect.encodeWhole(bytes, inbound.context);
    return sendBytes(response, 200, { ...headers, "content-type": "application/json" }, said);
  }
  response.writeHead(200, { ...headers, ...STREAM_HEADERS });
  if (inbound === undefined) return void response.end(bytes);
  const encoder = inbound.dialect.encodeStream(inbound.context);
  response.end(Buffer.concat([encoder.push(bytes), encoder.end()]));
}
