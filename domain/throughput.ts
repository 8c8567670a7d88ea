import type { InstanceType } from "../catalog/instances/instance-type.ts";
import type { CatalogModel } from "../catalog/models/catalog-model.ts";
import { cacheBytes } from "../catalog/models/kv-cache.ts";

/** Shares of the data sheet's bandwidth and arithmetic that an engine is assumed to reach. Nothing of it is measured here. */
export const BANDWIDTH_SHARE = 0.6;
export const ARITHMETIC_SHARE = 0.4;

/** Requests for which a throughput is estimated, in tokens. */
export interface RequestShape {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface ThroughputInput extends RequestShape {
  readonly model: CatalogModel;
  readonly gpu: NonNullable<InstanceType["gpu"]>;
  readonly tensorParallel: number;
  /** Sequences that decode together. */
  readonly sequences: number;
}

const BYTES_PER_GIB = 1024 ** 3;

/**
 * Tokens per second, of prompts and completions together, of one engine that is never idle. A step of decoding reads the
 * weights once and each sequence's cache; a prompt takes two operations for each parameter that computes a token.
 */
export function tokensPerSecond(input: ThroughputInput): number {
  const { sequences, promptTokens, completionTokens } = input;
  return (sequences * (promptTokens + completionTokens)) / secondsPerResponse(input);
}

/** Seconds of one whole response of an engine on which so many sequences decode together all the time. */
export function secondsPerResponse(input: ThroughputInput): number {
  const { model, gpu, tensorParallel, sequences, promptTokens, completionTokens } = input;
  const bandwidth = tensorParallel * gpu.memoryGBps * 1e9 * BANDWIDTH_SHARE;
  const operations = tensorParallel * gpu.teraflops * 1e12 * ARITHMETIC_SHARE;
  const cached = cacheBytes(model.kvCache, promptTokens + completionTokens / 2);
  const readSeconds = (weightBytesOfStep(model, sequences) + sequences * cached) / bandwidth;
  const computeSeconds = (2 * model.parameters.active * sequences) / operations;
  const stepSeconds = Math.max(readSeconds, computeSeconds);
  const promptSeconds = (2 * model.parameters.active * promptTokens) / operations;
  return sequences * promptSeconds + completionTokens * stepSeconds;
}

/** Bytes of weights that a step reads: all, or those of the experts that its sequences choose. */
function weightBytesOfStep({ parameters, weightsGiB, config }: CatalogModel, sequences: number): number {
  const { total, experts } = parameters;
  const perToken = (config.experts?.perToken ?? 0) / (config.experts?.count ?? 1);
  const chosen = 1 - (1 - perToken) ** sequences;
  const idle = config.experts ? (experts * (1 - chosen)) / total : 0;
  return weightsGiB * BYTES_PER_GIB * (1 - idle);
}
