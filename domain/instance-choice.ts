import { catalogInstanceType, INSTANCE_TYPE_IDS, type InstanceTypeId } from "../catalog/instance-types.ts";
import type { CatalogModel } from "../catalog/models/catalog-model.ts";
import { type WeightFormat, weightsGiB } from "../catalog/models/weight-format.ts";
import type { Price } from "../catalog/prices/price.ts";
import { instancePrice } from "../catalog/prices/region-prices.ts";
import type { RegionId } from "../catalog/regions.ts";
import type { PoolSettings } from "../settings/environment.ts";
import { type Fit, fitOnInstance, largestSplit } from "./model-fit.ts";
import { type RequestShape, tokensPerSecond } from "./throughput.ts";

/** An instance type that holds a model, with the model's context or the largest that fits, and what it serves and costs. */
export interface InstanceChoice extends Pick<PoolSettings, "instanceType" | "tensorParallel" | "contextTokens"> {
  readonly format: WeightFormat;
  /** Repository of the weights in this format. */
  readonly weights: string;
  /** Requests of the assumed size whose cache fits at once, up to `MOST_SEQUENCES`. */
  readonly sequences: number;
  /** Of an hour. */
  readonly hour: Price;
  /** Dollars per million tokens, at the assumed use. */
  readonly usdPerMillionTokens: number;
}

export interface ChoiceInput extends RequestShape {
  readonly model: CatalogModel;
  readonly region: RegionId;
  /** Share of the time in which the engine has requests, from 0 to 1. */
  readonly busyShare: number;
}

/** Sequences beyond which a step takes too long for a chat: vLLM's default on large GPUs is 256. */
export const MOST_SEQUENCES = 128;
/** Smallest context that is worth an instance. */
const LEAST_CONTEXT = 2048;

/** Instance types that hold the model in one of its formats, cheapest first. */
export function instanceChoices(input: ChoiceInput): readonly InstanceChoice[] {
  const formats = [{ format: input.model.format, id: input.model.weights.id }, ...input.model.variants];
  return formats
    .flatMap((variant) => INSTANCE_TYPE_IDS.flatMap((type) => choice(input, variant, type) ?? []))
    .sort((a, b) => a.hour.usd - b.hour.usd || a.usdPerMillionTokens - b.usdPerMillionTokens);
}

function choice(
  input: ChoiceInput,
  { format, id }: CatalogModel["variants"][number],
  instanceType: InstanceTypeId,
): InstanceChoice | undefined {
  const { region, busyShare, promptTokens, completionTokens } = input;
  const { gpu } = catalogInstanceType(instanceType);
  if (!gpu) return undefined;
  const model = { ...input.model, format, weightsGiB: weightsGiB(input.model.parameters, format) };
  const tensorParallel = largestSplit(model, gpu.count);
  const fitAt = (contextTokens: number) => fitOnInstance(model, { instanceType, tensorParallel, contextTokens });
  const contextTokens = largestContext(model, fitAt);
  if (contextTokens === undefined) return undefined;
  const { kvCacheTokens } = fitAt(contextTokens);
  const sequences = Math.min(MOST_SEQUENCES, Math.floor(kvCacheTokens / (promptTokens + completionTokens)));
  const hour = instancePrice(region, instanceType);
  const perSecond = tokensPerSecond({ model, gpu, tensorParallel, sequences, promptTokens, completionTokens });
  const usdPerMillionTokens = (hour.usd / (perSecond * busyShare * 3600)) * 1e6;
  return { instanceType, format, weights: id, tensorParallel, contextTokens, sequences, hour, usdPerMillionTokens };
}

function largestContext(model: CatalogModel, fitAt: (contextTokens: number) => Fit): number | undefined {
  const whole = fitAt(model.contextTokens);
  if (whole.fits) return model.contextTokens;
  const rounded = Math.floor(whole.kvCacheTokens / 1024) * 1024;
  return rounded >= LEAST_CONTEXT && fitAt(rounded).fits ? rounded : undefined;
}
