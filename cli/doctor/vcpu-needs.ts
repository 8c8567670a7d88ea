import { catalogInstanceType } from "../../catalog/instance-types.ts";
import { launchTypes } from "../../domain/launch-types.ts";
import type { Environment } from "../../settings/environment.ts";

type Pool = Environment["pools"][string];

/** A quota of EC2 in vCPUs of running instances, and how many the pools need. */
export interface VcpuNeed {
  /** Quota code of Service Quotas. */
  readonly code: string;
  /** e.g. `G` or `P4 Spot` */
  readonly family: string;
  /** Who needs them, e.g. `the G pools`. */
  readonly users: string;
  /** vCPUs with the fewest instances, and those that a warm pool starts before it stops them. */
  readonly min: number;
  /** vCPUs while each of the fewest instances is replaced: with new ones first, both run for some minutes. */
  readonly replacing: number;
  /** vCPUs with the most instances. */
  readonly max: number;
}

/**
 * A quota per instance family and purchase option; low or 0 in a new account.
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
 */
const QUOTAS = [
  // Of gateways, and of engines without GPU: 5 in a new account.
  { code: "L-1216C47A", family: "Standard", isSpot: false, pattern: /^[acdhimrtz]\d/ },
  { code: "L-34B43A08", family: "Standard Spot", isSpot: true, pattern: /^[acdhimrtz]\d/ },
  { code: "L-DB2E81BA", family: "G", isSpot: false, pattern: /^(g|vt)\d/ },
  { code: "L-417A185B", family: "P", isSpot: false, pattern: /^p\d/ },
  { code: "L-3819A6DF", family: "G Spot", isSpot: true, pattern: /^(g|vt)\d/ },
  { code: "L-7212CCBC", family: "P4 Spot", isSpot: true, pattern: /^p[234]/ },
  { code: "L-C4BD4855", family: "P5 Spot", isSpot: true, pattern: /^p5/ },
] as const;

/** The vCPUs that the environment's gateways and pools need, without the quotas that none of them uses. */
export function vcpuNeeds({ gateways, pools }: Pick<Environment, "gateways" | "pools">): readonly VcpuNeed[] {
  return QUOTAS.map(({ code, family, isSpot, pattern }) => {
    const sum = (instances: (pool: Pool) => number) =>
      Object.values(pools).reduce((total, pool) => {
        const { onDemand, spot } = split(pool, instances(pool));
        return total + (isSpot ? spot : onDemand) * largestVcpus(pool, pattern);
      }, 0);
    const hasGateways = !isSpot && pattern.test(gateways.instanceType);
    const ofGateways = hasGateways ? catalogInstanceType(gateways.instanceType).vcpus : 0;
    const ofPools = sum((pool) => pool.maxInstances);
    const named = `the ${family} pools`;
    return {
      code,
      family,
      users: hasGateways ? (ofPools > 0 ? `the gateways and ${named}` : "the gateways") : named,
      min: sum((pool) => pool.minInstances + (pool.warmPool?.minInstances ?? 0)) + ofGateways * gateways.minInstances,
      // New gateways are always in service before old ones go.
      replacing:
        sum(({ minInstances, replacement }) => (replacement === "new-first" ? 2 : 1) * minInstances) +
        ofGateways * 2 * gateways.minInstances,
      max: ofPools + ofGateways * gateways.maxInstances,
    };
  }).filter(({ max }) => max > 0);
}

function split({ purchase }: Pool, instances: number): { readonly onDemand: number; readonly spot: number } {
  if (purchase.option === "on-demand") return { onDemand: instances, spot: 0 };
  if (purchase.option === "capacity-block") return { onDemand: 0, spot: 0 }; // bought ahead, beside these quotas
  const onDemand = Math.min(instances, purchase.onDemandBase);
  return { onDemand, spot: instances - onDemand };
}

/**
 * vCPUs of the pool's largest type of a family, because AWS chooses the type; 0 when the pool has none of the family.
 */
function largestVcpus(pool: Pool, pattern: RegExp): number {
  return Math.max(
    0,
    ...launchTypes(pool)
      .filter((type) => pattern.test(type))
      .map((type) => catalogInstanceType(type).vcpus),
  );
}
