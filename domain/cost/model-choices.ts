import { catalogInstanceType, INSTANCE_TYPE_IDS, type InstanceTypeId } from "../../catalog/instance-types.ts";
import { catalogModel, MODEL_IDS, type ModelId } from "../../catalog/models.ts";
import { hasInstancePrice, instancePrice } from "../../catalog/prices/region-prices.ts";
import type { RegionId } from "../../catalog/regions.ts";
import { fitModel, largestSplit } from "../model-fit.ts";
import { HOURS_PER_MONTH } from "./usage.ts";

/** A model on the cheapest instance type of a region that holds it. */
export interface ModelChoice {
  readonly model: ModelId;
  readonly instanceType: InstanceTypeId;
  /** One instance for a month on demand, in dollars. */
  readonly usdPerMonth: number;
}

/** Context that a choice must hold at least, in tokens; a model with a smaller one must hold its own. */
const LEAST_CONTEXT = 4096;

/** Every model that an instance type of the region holds, on its cheapest one; cheapest models first. */
export function modelChoices(region: RegionId): readonly ModelChoice[] {
  const types = INSTANCE_TYPE_IDS.filter((id) => catalogInstanceType(id).gpu && hasInstancePrice(region, id))
    .map((instanceType) => ({ instanceType, usdPerMonth: instancePrice(region, instanceType).usd * HOURS_PER_MONTH }))
    .toSorted((a, b) => a.usdPerMonth - b.usdPerMonth);
  return MODEL_IDS.flatMap((model) => {
    const cheapest = types.find(({ instanceType }) => holds(model, instanceType));
    return cheapest ? [{ model, ...cheapest }] : [];
  }).toSorted((a, b) => a.usdPerMonth - b.usdPerMonth);
}

/** Whether the instance type holds the model over all its GPUs, as a pool does without other settings. */
function holds(model: ModelId, instanceType: InstanceTypeId): boolean {
  const entry = catalogModel(model);
  const tensorParallel = largestSplit(entry, catalogInstanceType(instanceType).gpu?.count ?? 1);
  const contextTokens = Math.min(LEAST_CONTEXT, entry.contextTokens);
  return fitModel({ model, instanceType, tensorParallel, contextTokens }).fits;
}
