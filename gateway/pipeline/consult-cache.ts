import type { CacheSettings } from "../../contracts/gateway-config.ts";
import {
  CACHE_HEADER,
  CACHE_LEVEL_HEADER,
  CACHE_SAVED_TOKENS_HEADER,
  CACHE_SIMILARITY_HEADER,
} from "../../contracts/headers.ts";
import { type CacheKeyParts, cacheKey } from "../cache/cache-key.ts";
import type { CacheMeasurements } from "../cache/cache-measurements.ts";
import { type CachePolicy, cachePolicy } from "../cache/cache-policy.ts";
import type { CachedAnswer } from "../cache/cached-answer.ts";
import { canonicalRequest } from "../cache/canonical-request.ts";
import { finishedStream, finishedWhole } from "../cache/finished-answer.ts";
import type { CacheHit, ResponseCache } from "../cache/response-cache.ts";
import type { SemanticCache, SemanticLookup } from "../cache/semantic-cache.ts";
import { semanticQuestion } from "../cache/semantic-question.ts";
import type { CacheOutcome } from "../core/cache-outcome.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Plan } from "../core/plan.ts";
import type { Exchange } from "../exchange.ts";
import type { StreamRecording } from "./relay.ts";

export interface CacheStageOptions {
  readonly settings: CacheSettings;
  readonly cache: ResponseCache;
  readonly semantic: SemanticCache | undefined;
  readonly metrics: CacheMeasurements;
  /** Version of a target's weights; `undefined` where it is not known. */
  readonly revisionOf: (targetId: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What the cache says to a request: an answer, or what to do with the one that comes. */
export type CacheTurn =
  | { readonly answer: CachedAnswer }
  | { readonly answer: undefined; readonly keep: AnswerKeeper | undefined };

/** Keeps the answer of one request, if it is one that can be kept. */
export interface AnswerKeeper {
  whole(bytes: Buffer): void;
  /** @returns what takes the stream's bytes as they go by */
  stream(): StreamRecording;
}

interface Question {
  readonly exchange: Exchange;
  readonly request: GenerationRequest;
  readonly policy: CachePolicy;
  readonly parts: CacheKeyParts;
  readonly key: string;
  readonly ttlSeconds: number;
}

/** Between planning and calling: gives the kept answer of the same question to the same tenant. */
export class CacheStage {
  readonly #options: CacheStageOptions;

  constructor(options: CacheStageOptions) {
    this.#options = options;
  }

  /** Never rejects: what a store or an embedding model can't do is a miss. */
  async consult(exchange: Exchange, request: GenerationRequest, { targets: [target] }: Plan): Promise<CacheTurn> {
    const policy = cachePolicy(exchange.request.headers, request);
    if (!policy.read && !policy.write) {
      this.#tell(exchange, request.model, { result: "bypass" });
      return { answer: undefined, keep: undefined };
    }
    const { cache, revisionOf, settings } = this.#options;
    const parts: CacheKeyParts = {
      tenant: exchange.tenant,
      route: request.route,
      model: request.model,
      targetId: target.id,
      revision: revisionOf(target.id) ?? target.upstreamModel,
      generation: cache.generations.of(request.model),
      stream: request.stream,
      body: canonicalRequest(request.fields),
    };
    const ttlSeconds = settings.routeTtlSeconds[request.route] ?? settings.ttlSeconds;
    const question: Question = { exchange, request, policy, parts, key: cacheKey(parts), ttlSeconds };
    const limitSeconds = Math.min(ttlSeconds, policy.maxAgeSeconds ?? ttlSeconds);
    const hit = policy.read ? await cache.get(question.key, limitSeconds) : undefined;
    if (hit !== undefined) return this.#hit(question, hit);
    const lookup = await this.#compare(question);
    const similar = await this.#similar(question, lookup, limitSeconds);
    if (similar !== undefined) return similar;
    this.#tell(exchange, request.model, { result: "miss" });
    return { answer: undefined, keep: policy.write ? this.#keeper(question, lookup) : undefined };
  }

  async #compare({ exchange, request, parts }: Question): Promise<SemanticLookup | undefined> {
    const { semantic } = this.#options;
    const asked = semantic && semanticQuestion(request);
    if (asked === undefined) return undefined;
    return await semantic?.lookup(cacheKey({ ...parts, body: asked.rest }), asked.text, exchange.abort.signal);
  }

  async #similar(
    question: Question,
    lookup: SemanticLookup | undefined,
    limitSeconds: number,
  ): Promise<CacheTurn | undefined> {
    const match = lookup?.match;
    if (match === undefined || !question.policy.read) return undefined;
    const { cache, semantic } = this.#options;
    const hit = await cache.get(match.key, limitSeconds);
    if (hit !== undefined) return this.#hit(question, hit, match.similarity);
    semantic?.index.forget(match.key);
    return undefined;
  }

  #hit({ exchange, request }: Question, { answer, level, ageSeconds }: CacheHit, similarity?: number): CacheTurn {
    const savedTokens = answer.promptTokens + answer.completionTokens;
    const outcome = { result: "hit", level: similarity === undefined ? level : "semantic", savedTokens } as const;
    this.#tell(exchange, request.model, outcome);
    exchange.headers.age = String(ageSeconds);
    exchange.headers[CACHE_LEVEL_HEADER] = outcome.level;
    exchange.headers[CACHE_SAVED_TOKENS_HEADER] = String(savedTokens);
    if (similarity !== undefined) exchange.headers[CACHE_SIMILARITY_HEADER] = similarity.toFixed(3);
    return { answer };
  }

  #tell(exchange: Exchange, model: string, outcome: CacheOutcome): void {
    exchange.cache = outcome;
    exchange.headers[CACHE_HEADER] = outcome.result;
    this.#options.metrics.record(model, outcome);
  }

  #keeper({ exchange, key, parts, ttlSeconds }: Question, lookup: SemanticLookup | undefined): AnswerKeeper {
    const { cache, now } = this.#options;
    const keep = (answer: CachedAnswer | undefined) => {
      // What another target answered in this one's place is not this one's answer.
      if (answer === undefined || exchange.targetId !== parts.targetId) return;
      cache.put(key, answer, ttlSeconds);
      lookup?.remember(key);
    };
    return {
      whole: (bytes) => keep(finishedWhole(bytes, now())),
      stream: () => {
        const recorder = cache.recorder();
        return {
          push: (chunk) => recorder.push(chunk),
          end: (isComplete) => {
            const bytes = isComplete ? recorder.finish() : recorder.drop();
            if (bytes !== undefined) keep(finishedStream(bytes, now()));
          },
        };
      },
    };
  }
}
