import { catalogInstanceType } from "../catalog/instance-types.ts";
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
export function fitModel({ model: modelId, instanceType: typeId, tensorParallel, contextTokens }: PoolSize): Fit {
  const model = catalogModel(modelId);
  const { gpu } = catalogInstanceType(typeId);
  if (!gpu) return { fits: false, arithmetic: `${typeId} has no GPU`, kvCacheTokens: 0 };
  if (tensorParallel > gpu.count) {
    const arithmetic = `tensorParallel ${tensorParallel} needs ${tensorParallel} GPUs, ${typeId} has ${gpu.count}`;
    return { fits: false, arithmetic, kvCacheTokens: 0 };
  }
  const usable = tensorParallel * (gpu.memoryGiB * GPU_MEMORY_UTILIZATION - ENGINE_OVERHEAD_GIB_PER_GPU);
  const oneContext = (contextTokens * model.kvBytesPerToken) / GIB;
  const needed = model.weightsGiB + oneContext;
  const arithmetic =
    `${tensorParallel} × (${gib(gpu.memoryGiB)} × ${GPU_MEMORY_UTILIZATION} − ${ENGINE_OVERHEAD_GIB_PER_GPU} GiB) = ` +
    `${gib(usable)} usable; weights ${gib(model.weightsGiB)} + KV cache of one context ` +
    `(${contextTokens} tokens × ${model.kvBytesPerToken} bytes) ${gib(oneContext)} = ${gib(needed)} needed` +
    (needed > usable ? `; ${gib(needed - usable)} too much` : "");
  const kvCacheTokens = Math.floor(((usable - model.weightsGiB) * GIB) / model.kvBytesPerToken);
  return { fits: needed <= usable, arithmetic, kvCacheTokens };
}
