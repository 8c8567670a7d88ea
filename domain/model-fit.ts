import { catalogInstanceType } from "../catalog/instance-types.ts";
import type { CatalogModel } from "../catalog/models/catalog-model.ts";
import { cacheBytes } from "../catalog/models/kv-cache.ts";
import { capabilityOf } from "../catalog/models/weight-format.ts";
import { catalogModel } from "../catalog/models.ts";
import type { PoolSettings } from "../settings/environment.ts";

/**
 * GPU memory that vLLM may use by default (`--gpu-memory-utilization`), and the part of it that CUDA context, activations
 * and CUDA graphs use on each GPU. Source: vLLM documentation, "Conserving Memory"; 1.5 GiB is our allowance.
 */
export const GPU_MEMORY_UTILIZATION = 0.9;
export const ENGINE_OVERHEAD_GIB_PER_GPU = 1.5;

const GIB = 1024 ** 3;

export type PoolSize = Pick<PoolSettings, "model" | "instanceType" | "tensorParallel" | "contextTokens">;

export interface Fit {
  readonly fits: boolean;
  /** The arithmetic as text: available, needed and missing memory. */
  readonly arithmetic: string;
  /** Tokens of KV cache that remain beside the weights; negative when the weights alone are too large. */
  readonly kvCacheTokens: number;
}

const gib = (value: number) => `${value.toFixed(1)} GiB`;

/** Whether one copy of the model with at least one full context fits on the instance's GPUs. */
export function fitModel({ model: modelId, instanceType: typeId, ...size }: PoolSize): Fit {
  return fitOnInstance(catalogModel(modelId), { ...size, instanceType: typeId });
}

/** `fitModel` of an entry, which need not be in the catalogue. */
export function fitOnInstance(
  model: CatalogModel,
  { instanceType: typeId, tensorParallel, contextTokens }: Omit<PoolSize, "model">,
): Fit {
  const { gpu } = catalogInstanceType(typeId);
  const misfit = (arithmetic: string): Fit => ({ fits: false, arithmetic, kvCacheTokens: 0 });
  if (!gpu) return misfit(`${typeId} has no GPU`);
  if (tensorParallel > gpu.count)
    return misfit(`tensorParallel ${tensorParallel} needs ${tensorParallel} GPUs, ${typeId} has ${gpu.count}`);
  const { heads } = model.config;
  if (heads % tensorParallel !== 0)
    return misfit(`tensorParallel ${tensorParallel} does not divide the model's ${heads} attention heads`);
  const capability = capabilityOf(model.format);
  if (capability === undefined || gpu.computeCapability < capability)
    return misfit(
      `weights in ${model.format} need a GPU of compute capability ${capability?.toFixed(1)}, ${gpu.name} has ${gpu.computeCapability.toFixed(1)}`,
    );
  const usable = tensorParallel * (gpu.memoryGiB * GPU_MEMORY_UTILIZATION - ENGINE_OVERHEAD_GIB_PER_GPU);
  const copies = cacheCopies(model, tensorParallel);
  const oneContext = (copies * cacheBytes(model.kvCache, contextTokens)) / GIB;
  const needed = model.weightsGiB + oneContext;
  const arithmetic =
    `${tensorParallel} × (${gib(gpu.memoryGiB)} × ${GPU_MEMORY_UTILIZATION} − ${ENGINE_OVERHEAD_GIB_PER_GPU} GiB) = ` +
    `${gib(usable)} usable; weights ${gib(model.weightsGiB)} + KV cache of one context ` +
    `(${cacheText(model, contextTokens, copies)}) ${gib(oneContext)} = ${gib(needed)} needed` +
    (needed > usable ? `; ${gib(needed - usable)} too much` : "");
  const kvCacheTokens = tokensIn(model, ((usable - model.weightsGiB) * GIB) / copies);
  return { fits: needed <= usable, arithmetic, kvCacheTokens };
}

/** Copies of each token's cache: with more GPUs than KV heads, each head is on several GPUs. */
function cacheCopies({ kvCache }: CatalogModel, tensorParallel: number): number {
  return Math.max(1, tensorParallel / kvCache.heads);
}

function cacheText({ kvCache }: CatalogModel, contextTokens: number, copies: number): string {
  const { bytesPerToken, window, stateBytes = 0 } = kvCache;
  const parts = [
    ...(bytesPerToken > 0 || !window ? [`${contextTokens} tokens × ${bytesPerToken} bytes`] : []),
    ...(window ? [`${Math.min(contextTokens, window.tokens)} tokens × ${window.bytesPerToken} bytes`] : []),
    ...(stateBytes > 0 ? [`${stateBytes} bytes`] : []),
  ].join(" + ");
  return copies > 1 ? `${copies} × (${parts})` : parts;
}

/** Tokens of one sequence whose cache has the given size. */
function tokensIn({ kvCache, contextTokens }: CatalogModel, bytes: number): number {
  const { bytesPerToken, window, stateBytes = 0 } = kvCache;
  const left = bytes - stateBytes;
  // An encoder has no cache: any number of its texts is read.
  if (bytesPerToken === 0) return left < 0 ? -1 : contextTokens * 1024;
  const inWindow = Math.floor(left / (bytesPerToken + (window?.bytesPerToken ?? 0)));
  if (!window || inWindow <= window.tokens) return inWindow;
  return Math.floor((left - window.bytesPerToken * window.tokens) / bytesPerToken);
}

/** Most of an instance's GPUs that the model's attention heads can be split over. */
export function largestSplit({ config: { heads } }: Pick<CatalogModel, "config">, gpus: number): number {
  let split = gpus;
  while (heads % split !== 0) split -= 1;
  return split;
}
