import type { CacheSettings, GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import type { SharedCount } from "../core/shared-count.ts";
import type { Target } from "../core/target.ts";
import type { Meter } from "../metrics/meter.ts";
import type { FastStore } from "../store/fast-store.ts";
import { CacheMeasurements } from "./cache-measurements.ts";
import { embedByTarget } from "./embed-by-target.ts";
import { ResponseCache } from "./response-cache.ts";
import { type Embed, SemanticCache } from "./semantic-cache.ts";

export interface CreateCacheOptions {
  readonly config: Pick<GatewayConfig, "cache" | "models">;
  /** The store that gateways share. @default - there is none */
  readonly store?: FastStore | undefined;
  /** How often the cache was cleared by a thread of this process. */
  readonly clears: SharedCount;
  /** How many threads divide the process's memory. */
  readonly threads: number;
  readonly meter: Meter;
  readonly targetsOf: (model: string) => readonly Target[] | undefined;
  /** @default - the configured embedding model, through its targets */
  readonly embed?: Embed | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A gateway's cache, as the step that requests go through uses it. */
export interface GatewayCache {
  readonly settings: CacheSettings;
  readonly responses: ResponseCache;
  readonly semantic: SemanticCache | undefined;
  readonly measurements: CacheMeasurements;
  /** Version of a target's weights; `undefined` where it is not known. */
  readonly revisionOf: (targetId: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Builds the configured cache; `undefined` when the configuration has none. */
export function createCache(options: CreateCacheOptions): GatewayCache | undefined {
  const { config, store, clears, threads, meter, now } = options;
  const settings = config.cache;
  if (settings === null) return undefined;
  const memoryBytes = Math.floor((settings.memoryMiB * 1024 * 1024) / threads);
  const responses = new ResponseCache({ memoryBytes, store, clears, now });
  const semantic = createSemanticCache(settings.semantic, options);
  const measurements = new CacheMeasurements(meter, responses, semantic);
  const revisions = new Map(config.models.map(({ id, revision }) => [id, revision]));
  const revisionOf = (targetId: string) => revisions.get(targetId);
  return { settings, responses, semantic, measurements, revisionOf, now };
}

function createSemanticCache(
  settings: CacheSettings["semantic"],
  { embed, targetsOf, threads }: CreateCacheOptions,
): SemanticCache | undefined {
  if (settings === null) return undefined;
  const { embeddingModel, threshold } = settings;
  const maxEntries = Math.ceil(settings.maxEntries / threads);
  return new SemanticCache({ embed: embed ?? embedByTarget(embeddingModel, targetsOf), threshold, maxEntries });
}
