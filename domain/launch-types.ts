import { catalogInstanceType, INSTANCE_TYPE_IDS, type InstanceTypeId } from "../catalog/instance-types.ts";
import { FALLBACK_REGION, instancePrice } from "../catalog/prices/region-prices.ts";
import type { PoolSettings } from "../settings/environment.ts";
import { fitModel } from "./model-fit.ts";

/** What decides on which instance types a pool may be launched. */
export type LaunchPool = Pick<PoolSettings, "model" | "instanceType" | "tensorParallel" | "contextTokens" | "purchase">;

/**
 * A type of a family may cost so many times as much on demand as the pool's own: Spot stays below that price, which bounds what
 * a pool costs when only larger types have capacity.
 */
export const MOST_TIMES_PRICE = 2;

/** The family of an instance type: `g5` of `g5.xlarge`. */
export function familyOf(type: InstanceTypeId): string {
  return type.split(".")[0] ?? type;
}

/** Families of the catalogue whose instances have GPUs. */
export const GPU_FAMILIES: readonly string[] = [
  ...new Set(INSTANCE_TYPE_IDS.filter((type) => catalogInstanceType(type).gpu !== undefined).map(familyOf)),
];

/**
 * Instance types on which AWS may launch a pool's engines, its own first: with Spot also those that the file names, and those of
 * its families that hold the model.
 */
export function launchTypes(pool: LaunchPool): readonly InstanceTypeId[] {
  const { instanceType, purchase } = pool;
  if (purchase.option !== "spot") return [instanceType];
  const ofFamilies = (purchase.families ?? []).flatMap((family) => familyTypes(pool, family));
  return [...new Set([instanceType, ...purchase.overrides, ...ofFamilies])];
}

/**
 * Types of one family that can take the place of the pool's own: as many GPUs, the model fits, all engine arguments hold, and
 * the price on demand (of us-east-1, so that each region has the same types) is at most twice as high.
 */
export function familyTypes(pool: Omit<LaunchPool, "purchase">, family: string): readonly InstanceTypeId[] {
  const own = catalogInstanceType(pool.instanceType).gpu;
  const most = MOST_TIMES_PRICE * instancePrice(FALLBACK_REGION, pool.instanceType).usd;
  return INSTANCE_TYPE_IDS.filter((instanceType) => {
    if (familyOf(instanceType) !== family) return false;
    const { gpu } = catalogInstanceType(instanceType);
    if (gpu === undefined || gpu.count !== own?.count || (own.bfloat16 && !gpu.bfloat16)) return false;
    return instancePrice(FALLBACK_REGION, instanceType).usd <= most && fitModel({ ...pool, instanceType }).fits;
  });
}
