import { isRecord } from "../../lib/is-record.ts";
import { parseJson } from "../../lib/parse-json.ts";
import type { CachedResponse } from "../cache/cached-response.ts";
import { responseBytes } from "../cache/finished-response.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import { type ByteSink, bytesResponse, type GatewayResponse } from "../core/response.ts";
import { OWN_MESSAGE, withoutOwnField, withoutOwnMessage } from "../dialects/inner/anthropic-only.ts";
import { withoutInnerFields } from "../dialects/inner/chat-events.ts";
import { chunkFormOf } from "../dialects/providers/openai/chunk-forms.ts";
import { keepsFunctionCalls } from "../dialects/providers/openai/function-call.ts";
import { estimatedUsage } from "../dialects/providers/openai/openai-response.ts";
import { jsonBytes } from "../outside-values/paced-json.ts";
import type { StreamMemory } from "../shares/stream-memory.ts";
import type { AttemptResponse } from "./call/attempt.ts";
import { StreamRelay } from "./relay/stream-relay.ts";
import type { Called, Parsed } from "./request-states.ts";

type Fields = Readonly<Record<string, unknown>>;
type WholeUpstreamResponse = Extract<AttemptResponse, { kind: "whole" }>;

export interface RelayTools {
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number;
  /** Called when the response is over, so that the slot of its target is free. */
  readonly onEnd: (targetId: string) => void;
  /** What the streams of this thread hold. */
  readonly memory: StreamMemory;
}

const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  // Proxies of nginx's kind would collect the events otherwise.
  "x-accel-buffering": "no",
} as const;

/**
 * Tenth step: the target's response as it is, or in the client's dialect. A large one is written in turns; without a promise
 * where nothing is.
 */
export function relay(called: Called, { now, onEnd, memory }: RelayTools): GatewayResponse | Promise<GatewayResponse> {
  const {
    response: upstreamResponse,
    target,
    cacheWriter,
    record,
    headers,
    generation,
    timeouts,
    client,
    request,
  } = called;
  // A stream that is left or broken off tells no count of its prompt.
  if (target.kind === "provider" || upstreamResponse.kind === "stream")
    record.note({ sentPromptTokens: generation.promptTokensEstimate });
  if (upstreamResponse.kind === "stream") {
    const body = new StreamRelay(upstreamResponse, {
      newEncoder: client && (() => client.dialect.encodeStream(client.context)),
      idleSeconds: timeouts.idleSeconds,
      stripUsage: !generation.wantsUsage,
      promptTokensEstimate: generation.promptTokensEstimate,
      keepsFunctionCalls: keepsFunctionCalls(generation),
      form: chunkFormOf(generation.route),
      hidesErrors: target.kind === "provider",
      isFilter:
        target.kind === "provider"
          ? (data) => target.dialect.decodeProblem(400, data).code === "content_filter"
          : undefined,
      recording: cacheWriter?.stream(target.id, upstreamResponse.isTranslated),
      record,
      signal: request.signal,
      abort: called.abort.signal,
      memory,
      now,
      onEnd: () => onEnd(target.id),
    });
    return { status: 200, headers: { ...headers.all, ...STREAM_HEADERS }, body };
  }
  const { bytes, tokens } = upstreamResponse;
  record.note({
    promptTokens: tokens.promptTokens,
    completionTokens: tokens.completionTokens,
    cachedTokens: tokens.cachedTokens,
    cacheWriteTokens: tokens.cacheWriteTokens,
    reasoningTokens: tokens.reasoningTokens,
  });
  const end = (written: Buffer) => {
    const response = wholeResponse(called, written);
    cacheWriter?.whole(bytes, target.id);
    onEnd(target.id);
    return response;
  };
  const written = forClient(called, upstreamResponse);
  return written instanceof Promise ? written.then(end) : end(written);
}

/**
 * The same for a stored response: the bytes that the first caller got, a stream's events all at once. No tokens were
 * computed, so the request has none and no time to the first one.
 */
export async function replay(parsed: Parsed, stored: CachedResponse): Promise<GatewayResponse> {
  const { generation, client, headers } = parsed;
  const bytes = responseBytes(stored, generation.wantsUsage);
  if (stored.kind === "whole")
    return wholeResponse(parsed, await (client ? encodeStored(client, bytes) : withoutOwnMessage(bytes)));
  const encoder = client?.dialect.encodeStream(client.context);
  const events =
    encoder === undefined ? withoutInnerFields(bytes) : Buffer.concat([encoder.push(bytes), encoder.end()]);
  // As a stream, so that it has no length, as it had when it was generated.
  const send = async (sink: ByteSink) => {
    const last = encoder?.lastEvent?.();
    if (last === undefined) return sink.end(events);
    sink.write(events);
    sink.end(await last);
  };
  return { status: 200, headers: { ...headers.all, ...STREAM_HEADERS }, body: { kind: "stream", send } };
}

/** The whole response in the client's dialect. */
function forClient(called: Called, response: WholeUpstreamResponse): Buffer | Promise<Buffer> {
  const { client, generation, target } = called;
  const { bytes, fields, usage } = response;
  if (client === undefined) {
    // Services of other dialects count their tokens, so that a count that is missing is nonsense.
    const isUncounted = usage === undefined && target.dialect.name !== "openai" && Array.isArray(fields.choices);
    if (isUncounted) return jsonBytes(withoutOwnField(withEstimate(generation, response)));
    return fields[OWN_MESSAGE] === undefined ? bytes : jsonBytes(withoutOwnField(fields));
  }
  return client.dialect.encodeWhole(usage === undefined ? withEstimate(generation, response) : fields, client.context);
}

/** @throws {GatewayError} `upstream_error` where the stored bytes are no JSON object */
function encodeStored({ dialect, context }: NonNullable<Parsed["client"]>, bytes: Buffer): Buffer | Promise<Buffer> {
  const completion = parseJson(bytes.toString("utf8"));
  if (!isRecord(completion)) throw new GatewayError("upstream_error");
  return dialect.encodeWhole(completion, context);
}

/** A whole response without a usage, for a dialect that requires one. */
function withEstimate(generation: GenerationRequest, { fields, tokens }: WholeUpstreamResponse): Fields {
  return { ...fields, usage: estimatedUsage(generation, tokens.completionTokens ?? 0) };
}

function wholeResponse({ headers }: Parsed, bytes: Buffer): GatewayResponse {
  return bytesResponse(200, { ...headers.all, "content-type": "application/json" }, bytes);
}
