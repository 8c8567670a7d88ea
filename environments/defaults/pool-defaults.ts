import { catalogInstanceType, INSTANCE_TYPE_IDS, type InstanceTypeId } from "../../catalog/instance-types.ts";
import { catalogModel, MODEL_IDS, type ModelId } from "../../catalog/models.ts";
import { imageByParameter } from "../../contracts/processes/names.ts";
import { type Fit, fitModel, largestSplit } from "../../domain/model-fit.ts";
import { mostReplicas } from "../../domain/replicas.ts";
import type { Default, PoolField, PoolInput } from "./default.ts";

const always = (value: unknown, because: string): Default<PoolInput> => ({ value: () => value, because });

/** Context of an engine with little memory beyond the weights, and the step in which contexts are made smaller. */
const SMALL_CONTEXT = 4096;
/** Sequences that decode together: vLLM's own default for small GPUs is more, but each is slower then. */
const MAX_SEQUENCES = 64;
/** The engine image's own size (`ami/engine`): EC2 launches no smaller volume. */
const IMAGE_GIB = 75;
/** Weights whose loading from the disk takes minutes. */
const LARGE_WEIGHTS_GIB = 100;

/** The default of every setting of a model, in the order in which they are applied: later ones depend on earlier ones. */
export const POOL_DEFAULTS = {
  weights: always(null, "the weights that the catalogue's entry names, from the environment's own bucket"),
  tensorParallel: {
    value: allGpus,
    because:
      "all GPUs of the instance, which cost the same when they are idle, as far as they divide the model's heads",
  },
  replicasPerInstance: {
    value: replicas,
    because: "as many copies as the GPUs hold, which cost the same when they are idle; 1 of a mixture of experts",
  },
  contextTokens: {
    value: largestContext,
    because: "the model's own context, or the largest that fits beside the weights",
  },
  maxSequences: { value: sequences, because: "contexts that are a quarter full, as many as fit, and 64 at most" },
  maxQueued: {
    value: ({ maxSequences }) => (typeof maxSequences === "number" ? maxSequences : 32),
    because: "as many as run: the next ones wait in the gateway, where they can go to another engine",
  },
  engineArguments: always({}, "the catalogue's arguments and vLLM's own defaults, with which the model was checked"),
  minInstances: always(1, "an engine that is off takes minutes to start"),
  maxInstances: {
    value: ({ minInstances }) => (typeof minInstances === "number" ? minInstances + 1 : 2),
    because: "one more than the least: a second GPU for peaks, and no more cost than that",
  },
  image: {
    value: ({ environment }) => imageByParameter(environment, "engine"),
    because: "a parameter of this environment's own, which `sluice images set` writes",
  },
  volumeGiB: { value: volumeGiB, because: "the image, and the weights with a tenth to spare" },
  volumeMiBPerSecond: always(125, "what a volume has without a further price"),
  volumeInitializationMiBPerSecond: always(null, "a rate costs for each gigabyte of the image at each start"),
  replacement: always("new-first", "no request waits for a start"),
  startupSeconds: {
    value: startupSeconds,
    because: "a volume that was made from an image is slow at first",
  },
  warmPool: always(null, "stopped instances cost their volumes"),
  purchase: always({ option: "on-demand" }, "AWS does not reclaim it"),
  capacityReservation: always(null, "a reservation costs as much as the instance"),
} as const satisfies Readonly<Record<PoolField, Default<PoolInput>>>;

interface KnownPool {
  readonly model: ModelId;
  readonly instanceType: InstanceTypeId;
}

/** The pool, where both names are in the catalogue; a check reports the one that is not. */
function known({ model, instanceType }: PoolInput): KnownPool | undefined {
  const modelId = MODEL_IDS.find((id) => id === model);
  const typeId = INSTANCE_TYPE_IDS.find((id) => id === instanceType);
  return modelId === undefined || typeId === undefined ? undefined : { model: modelId, instanceType: typeId };
}

/** The instance's GPUs, or the most of them that the attention heads can be split over. */
function allGpus(input: PoolInput): number {
  const pool = known(input);
  if (pool === undefined) return 1;
  return largestSplit(catalogModel(pool.model), catalogInstanceType(pool.instanceType).gpu?.count ?? 1);
}

function replicas(input: PoolInput): number {
  const pool = known(input);
  const { tensorParallel } = input;
  if (pool === undefined || typeof tensorParallel !== "number" || !(tensorParallel >= 1)) return 1;
  return Math.min(8, mostReplicas({ ...pool, tensorParallel }));
}

function fitOf(input: PoolInput, contextTokens: number): Fit | undefined {
  const pool = known(input);
  const tensorParallel = typeof input.tensorParallel === "number" ? input.tensorParallel : 1;
  return pool && fitModel({ ...pool, tensorParallel, contextTokens });
}

function largestContext(input: PoolInput): number {
  const pool = known(input);
  if (pool === undefined) return SMALL_CONTEXT;
  const { contextTokens } = catalogModel(pool.model);
  const { kvCacheTokens = 0 } = fitOf(input, contextTokens) ?? {};
  if (kvCacheTokens >= contextTokens) return contextTokens;
  return Math.max(Math.min(SMALL_CONTEXT, contextTokens), Math.floor(kvCacheTokens / 1024) * 1024);
}

function sequences(input: PoolInput): number {
  if (typeof input.contextTokens !== "number") return 32;
  const { kvCacheTokens = 0 } = fitOf(input, input.contextTokens) ?? {};
  const together = Math.floor((4 * kvCacheTokens) / input.contextTokens);
  return Math.min(MAX_SEQUENCES, Math.max(4, together));
}

function weightsGiB(input: PoolInput): number {
  const pool = known(input);
  return pool === undefined ? 0 : catalogModel(pool.model).weightsGiB;
}

function volumeGiB(input: PoolInput): number {
  return Math.ceil((IMAGE_GIB + 1.1 * weightsGiB(input)) / 10) * 10;
}

function startupSeconds(input: PoolInput): number {
  return weightsGiB(input) > LARGE_WEIGHTS_GIB ? 900 : 600;
}
