import type { ModelConfig } from "./model-config.ts";

/** Bytes of a cached number: vLLM's cache has the type of the weights, 16 bits. */
const CACHE_BYTES = 2;
/** The state of linear attention is in float32 (`--mamba-ssm-cache-dtype`). */
const STATE_BYTES = 4;

/** Memory of a sequence's cache. */
export interface KvCache {
  /** Of each token, in the layers that attend to the whole context. */
  readonly bytesPerToken: number;
  /** Of each token in the layers that attend to the last `tokens` only. @default - no such layers */
  readonly window?: { readonly tokens: number; readonly bytesPerToken: number };
  /** Of a sequence, whatever its length. @default 0 */
  readonly stateBytes?: number;
  /** KV heads, over which tensor parallelism can split the cache; 1 for a compressed cache, which every GPU has whole. */
  readonly heads: number;
}

/** The cache of a model: grouped-query, latent or windowed attention, and the state of linear attention. */
export function kvCacheOf(config: ModelConfig): KvCache {
  const { layers, kvHeads, headSize, window, latent, linear, global } = config;
  if (latent) {
    return { bytesPerToken: layers * (latent.kvRank + latent.positionSize) * CACHE_BYTES, heads: 1 };
  }
  const perLayer = 2 * kvHeads * headSize * CACHE_BYTES;
  const perGlobalLayer = global ? 2 * global.kvHeads * global.headSize * CACHE_BYTES : perLayer;
  const whole = layers - (window?.layers ?? 0) - (linear?.layers ?? 0);
  return {
    bytesPerToken: whole * perGlobalLayer,
    ...(window ? { window: { tokens: window.tokens, bytesPerToken: window.layers * perLayer } } : {}),
    ...(linear
      ? { stateBytes: linear.layers * linear.valueHeads * linear.headSize * linear.headSize * STATE_BYTES }
      : {}),
    heads: kvHeads,
  };
}

/** Bytes of the cache of one sequence of that many tokens. */
export function cacheBytes({ bytesPerToken, window, stateBytes = 0 }: KvCache, tokens: number): number {
  const windowed = window ? window.bytesPerToken * Math.min(tokens, window.tokens) : 0;
  return bytesPerToken * tokens + windowed + stateBytes;
}
