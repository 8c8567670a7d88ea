import { catalogInstanceType } from "../catalog/instance-types.ts";
import { catalogModel } from "../catalog/models.ts";
import type { PoolSettings } from "../settings/environment.ts";
import { largestSplit } from "./model-fit.ts";

type Split = Pick<PoolSettings, "model" | "instanceType" | "tensorParallel">;

/**
 * Copies of a model that an instance's GPUs hold side by side; 1 where the model is a mixture of experts: vLLM would split
 * the experts over all copies, which then wait for each other at each token.
 */
export function mostReplicas({ model, instanceType, tensorParallel }: Split): number {
  if (catalogModel(model).config.experts !== undefined) return 1;
  return Math.max(1, Math.floor((catalogInstanceType(instanceType).gpu?.count ?? 1) / tensorParallel));
}

/** GPUs of an instance that no copy of the model uses. */
export interface IdleGpus {
  readonly text: string;
  readonly remedy: string;
}

/** What is idle on each instance of a pool; `undefined` where nothing is. */
export function idleGpus(pool: Split & Pick<PoolSettings, "replicasPerInstance">): IdleGpus | undefined {
  const { model, instanceType, tensorParallel, replicasPerInstance } = pool;
  const count = catalogInstanceType(instanceType).gpu?.count ?? 0;
  const idle = count - tensorParallel * replicasPerInstance;
  if (idle <= 0) return undefined;
  const most = mostReplicas(pool);
  const split = largestSplit(catalogModel(model), count);
  const remedies = [
    ...(most > replicasPerInstance ? [`set replicasPerInstance to ${most}`] : []),
    ...(split > tensorParallel ? [`set tensorParallel to ${split}`] : []),
    "use a smaller instanceType",
  ];
  return {
    text: `${idle} of the ${count} GPUs of ${instanceType} are idle, and cost as much as the others`,
    remedy: remedies.join(", or "),
  };
}
