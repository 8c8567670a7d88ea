import {
  CACHE_HEADER,
  CACHE_LEVEL_HEADER,
  CACHE_SAVED_TOKENS_HEADER,
  CACHE_SIMILARITY_HEADER,
} from "../../contracts/api/headers.ts";
import { type CacheKeyParts, cacheKey } from "../cache/cache-key.ts";
import { type CachePolicy, cachePolicy } from "../cache/cache-policy.ts";
import type { CachedResponse } from "../cache/cached-response.ts";
import { canonicalRequest } from "../cache/canonical-request.ts";
import { clientExtras } from "../cache/client-extras.ts";
import type { GatewayCache } from "../cache/create-cache.ts";
import { finishedStream, finishedWhole } from "../cache/finished-response.ts";
import { type CacheHit, MAX_RESPONSE_BYTES } from "../cache/response-cache.ts";
import type { SemanticLookup } from "../cache/semantic-cache.ts";
import { semanticQuery } from "../cache/semantic-query.ts";
import type { CacheOutcome } from "../core/cache-outcome.ts";
import { keepsFunctionCalls } from "../dialects/providers/openai/function-call.ts";
import type { StreamRecording } from "./relay/stream-recording.ts";
import type { Planned } from "./request-states.ts";

/** The cache's result for a request: a stored response, or the writer that stores the one that comes. */
export type CacheLookupResult =
  | { readonly response: CachedResponse }
  | { readonly response: undefined; readonly cacheWriter: CacheWriter | undefined };

/** Stores the response of one request, if it is one that can be stored. */
export interface CacheWriter {
  /** @param targetId of the target that responded: the response of another one than planned is not stored */
  whole(bytes: Buffer, targetId: string): void;
  /**
   * @param isTranslated whether a translator writes its events
   * @returns what takes the stream's bytes as they go by
   */
  stream(targetId: string, isTranslated: boolean): StreamRecording;
}

/** What the cache looks at in a request. */
export type CacheableRequest = Pick<
  Planned,
  "request" | "caller" | "key" | "generation" | "plan" | "rules" | "record" | "headers" | "abort"
>;

interface Lookup {
  readonly planned: CacheableRequest;
  readonly policy: CachePolicy;
  readonly parts: CacheKeyParts;
  readonly key: string;
  readonly ttlSeconds: number;
}

/**
 * Eighth step: finds the stored response of the same request of the same tenant. Never rejects: what a store or an
 * embedding model can't do is a miss.
 */
export async function consultCache(planned: CacheableRequest, cache: GatewayCache): Promise<CacheLookupResult> {
  const { request, caller, key: apiKey, generation, plan, rules } = planned;
  const [target] = plan.targets;
  const policy = cachePolicy(request.headers, generation, cache.settings);
  const isStored = apiKey?.retention !== "zero_data_retention";
  if (!rules.isCacheable || !isStored || (!policy.read && !policy.write)) {
    note(planned, cache, { result: "bypass" });
    return { response: undefined, cacheWriter: undefined };
  }
  const { responses, revisionOf, settings } = cache;
  const parts: CacheKeyParts = {
    tenant: caller.tenant,
    route: generation.route,
    model: generation.model,
    targetId: target.id,
    revision: revisionOf(target.id) ?? target.upstreamModel,
    generation: responses.generations.of(generation.model),
    stream: generation.stream,
    body: canonicalRequest(generation.fields) + clientExtras(generation.client),
  };
  const ttlSeconds = settings.routeTtlSeconds[generation.route] ?? settings.ttlSeconds;
  const lookup: Lookup = { planned, policy, parts, key: cacheKey(parts), ttlSeconds };
  const limitSeconds = Math.min(ttlSeconds, policy.maxAgeSeconds ?? ttlSeconds);
  const hit = policy.read ? await responses.get(lookup.key, limitSeconds) : undefined;
  if (hit !== undefined) return found(lookup, cache, hit);
  const meaning = await compare(lookup, cache);
  const similar = await findSimilar(lookup, cache, meaning, limitSeconds);
  if (similar !== undefined) return similar;
  note(planned, cache, { result: "miss" });
  return { response: undefined, cacheWriter: policy.write ? cacheWriterOf(lookup, cache, meaning) : undefined };
}

async function compare({ planned, parts }: Lookup, { semantic }: GatewayCache): Promise<SemanticLookup | undefined> {
  const query = semantic && semanticQuery(planned.generation);
  if (query === undefined) return undefined;
  const body = query.rest + clientExtras(planned.generation.client);
  return await semantic?.lookup(cacheKey({ ...parts, body }), query.text, planned.abort.signal);
}

async function findSimilar(
  lookup: Lookup,
  cache: GatewayCache,
  meaning: SemanticLookup | undefined,
  limitSeconds: number,
): Promise<CacheLookupResult | undefined> {
  const match = meaning?.match;
  if (match === undefined || !lookup.policy.read) return undefined;
  const hit = await cache.responses.get(match.key, limitSeconds);
  if (hit !== undefined) return found(lookup, cache, hit, match.similarity);
  cache.semantic?.index.forget(match.key);
  return undefined;
}

function found(
  { planned }: Lookup,
  cache: GatewayCache,
  { response, level, ageSeconds }: CacheHit,
  similarity?: number,
): CacheLookupResult {
  const savedTokens = response.promptTokens + response.completionTokens;
  const outcome = { result: "hit", level: similarity === undefined ? level : "semantic", savedTokens } as const;
  note(planned, cache, outcome);
  const { headers } = planned;
  headers.set("age", String(ageSeconds));
  headers.set(CACHE_LEVEL_HEADER, outcome.level);
  headers.set(CACHE_SAVED_TOKENS_HEADER, String(savedTokens));
  if (similarity !== undefined) headers.set(CACHE_SIMILARITY_HEADER, similarity.toFixed(3));
  return { response };
}

function note(
  { record, headers, generation }: CacheableRequest,
  { measurements }: GatewayCache,
  outcome: CacheOutcome,
): void {
  record.note({ cache: outcome });
  headers.set(CACHE_HEADER, outcome.result);
  measurements.record(generation.model, outcome);
}

function cacheWriterOf(
  { planned, key, parts, ttlSeconds }: Lookup,
  { responses, now }: GatewayCache,
  meaning: SemanticLookup | undefined,
): CacheWriter {
  const keepsCalls = keepsFunctionCalls(planned.generation);
  const store = (response: CachedResponse | undefined, targetId: string) => {
    if (response === undefined || targetId !== parts.targetId) return;
    responses.put(key, response, ttlSeconds);
    meaning?.remember(key);
  };
  return {
    // What is too large to be stored is not parsed for it.
    whole: (bytes, targetId) => {
      if (bytes.length <= MAX_RESPONSE_BYTES) store(finishedWhole(bytes, now()), targetId);
    },
    stream: (targetId, isTranslated) => {
      const recorder = responses.recorder();
      return {
        push: (chunk) => recorder.push(chunk),
        end: (isComplete) => {
          const bytes = isComplete ? recorder.finish() : recorder.drop();
          if (bytes === undefined) return;
          store(finishedStream(bytes, now(), { isTranslated, keepsFunctionCalls: keepsCalls }), targetId);
        },
      };
    },
  };
}
