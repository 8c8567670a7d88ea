import { createCache } from "../gateway/cache/create-cache.ts";
import { responseBytes } from "../gateway/cache/finished-response.ts";
import type { GenerationRequest } from "../gateway/core/generation-request.ts";
import { RequestRecord } from "../gateway/core/record.ts";
import { ResponseHeaders } from "../gateway/core/response-headers.ts";
import { SharedCount } from "../gateway/core/shared-count.ts";
import type { Target } from "../gateway/core/target.ts";
import { OPENAI_DIALECT } from "../gateway/dialects/providers/openai/openai.ts";
import { CHAT } from "../gateway/endpoints/chat-completions.ts";
import { ENGINE_CAPABILITIES } from "../gateway/engines/engine-capabilities.ts";
import { bufferedBody } from "../gateway/in-process/buffered-body.ts";
import { Meter } from "../gateway/metrics/meter.ts";
import { consultCache } from "../gateway/pipeline/consult-cache.ts";

const TARGET: Target = {
  id: "tiny",
  kind: "pool",
  pathPrefix: "",
  capabilities: ENGINE_CAPABILITIES,
  priceAt: () => ({ inputUsdPerMillion: 0, outputUsdPerMillion: 0 }),
  priority: 0,
  isEmergencyOnly: false,
  firstByteMs: undefined,
  totalMs: undefined,
  inFlight: 0,
  dialect: OPENAI_DIALECT,
  upstreamModel: "tiny",
  contextTokens: 4096,
  tryReserve: () => ({ reason: "absent", isShared: false, blockedMs: Number.POSITIVE_INFINITY, isPaused: false }),
  isPresent: () => false,
};

const PLAN = { targets: [TARGET], failoverAfterMs: undefined, hedgeAfterMs: undefined } as const;

/**
 * Time of the cache's own step for a hit, without reading the request and writing the response: policy, canonical body,
 * key, look-up, headers, the response's bytes. @returns milliseconds of each of `count` hits
 */
export async function stageTimes(promptCharacters: number, tokens: number, count: number): Promise<readonly number[]> {
  const settings = { ttlSeconds: 3600, routeTtlSeconds: {}, memoryMiB: 64, semantic: null };
  const cache = createCache({
    config: { cache: settings, models: [] },
    clears: new SharedCount(new SharedArrayBuffer(4)),
    threads: 1,
    meter: new Meter([]),
    targetsOf: () => undefined,
    now: Date.now,
  });
  const messages = [{ role: "user", content: "a".repeat(promptCharacters) }];
  const request = streamRequest({ model: "tiny", temperature: 0, max_tokens: tokens, stream: true, messages });
  const times: number[] = [];
  for (let index = -1; index < count; index++) {
    const planned = plannedRequest(request);
    const from = performance.now();
    const lookup = cache && (await consultCache(planned, cache));
    if (lookup?.response !== undefined) {
      responseBytes(lookup.response, false);
      times.push(performance.now() - from);
    } else if (index === -1) {
      const recording = lookup?.cacheWriter?.stream(TARGET.id, false);
      recording?.push(streamOf(tokens));
      recording?.end(true);
    }
  }
  return times;
}

function plannedRequest(generation: GenerationRequest) {
  const abort = new AbortController();
  return {
    key: undefined,
    request: {
      method: "POST",
      target: CHAT.route,
      headers: {},
      body: bufferedBody(generation.bytes),
      address: "",
      signal: abort.signal,
    },
    caller: { tenant: generation.tenant, keyId: undefined, priceFactor: 1 },
    generation,
    plan: PLAN,
    rules: CHAT,
    record: new RequestRecord(),
    headers: new ResponseHeaders({}),
    abort,
  };
}

function streamRequest(fields: Record<string, unknown>): GenerationRequest {
  const bytes = Buffer.from(JSON.stringify(fields));
  return {
    route: "/v1/chat/completions",
    model: "tiny",
    tenant: "bench",
    stream: true,
    wantsUsage: false,
    maxTokens: undefined,
    promptTokensEstimate: Math.ceil(bytes.length / 4),
    routedPrompts: new Map(),
    bytes,
    fields,
  };
}

function streamOf(tokens: number): Buffer {
  const event = (fields: unknown) => `data: ${JSON.stringify(fields)}\n\n`;
  const words = Array.from({ length: tokens }, (_, index) =>
    event({ id: "chatcmpl-1", model: "tiny", choices: [{ index: 0, delta: { content: `word${index}` } }] }),
  );
  const usage = { prompt_tokens: 7, completion_tokens: tokens, total_tokens: 7 + tokens };
  return Buffer.from([...words, event({ choices: [], usage }), "data: [DONE]\n\n"].join(""));
}
