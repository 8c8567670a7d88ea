import { catalogInstanceType } from "../catalog/instance-types.ts";
import { catalogModel } from "../catalog/models.ts";
import { familyTypes, GPU_FAMILIES, MOST_TIMES_PRICE } from "../domain/launch-types.ts";
import { fitModel } from "../domain/model-fit.ts";
import type { PoolSettings } from "../settings/environment.ts";
import { engineArgumentProblems } from "./engine-argument-rules.ts";
import type { Problem } from "./problem.ts";

/** A fleet's fewest instances are no more than its most. */
export function rangeProblems(path: string, range: { minInstances: number; maxInstances: number }): readonly Problem[] {
  if (range.minInstances <= range.maxInstances) return [];
  return [
    {
      path: `${path}.minInstances`,
      value: range.minInstances,
      rule: `must not exceed maxInstances (${range.minInstances} > ${range.maxInstances})`,
      remedy: "raise maxInstances or lower minInstances",
    },
  ];
}

/** Rules between the settings of one model: what it fits on, and how its instances are bought. */
export function poolProblems(name: string, pool: PoolSettings): readonly Problem[] {
  const path = `pools.${name}`;
  const problems = [...rangeProblems(path, pool)];
  const model = catalogModel(pool.model);
  if (pool.contextTokens > model.contextTokens)
    problems.push({
      path: `${path}.contextTokens`,
      value: pool.contextTokens,
      rule: `must not exceed the ${model.contextTokens} tokens of ${pool.model}`,
      remedy: `use at most ${model.contextTokens}`,
    });
  const fit = fitModel(pool);
  if (!fit.fits)
    problems.push({
      path: `${path}.instanceType`,
      value: pool.instanceType,
      rule: `must hold ${pool.model}: ${fit.arithmetic}`,
      remedy: "use a larger instance type, more tensorParallel GPUs or a smaller contextTokens",
    });
  if (pool.volumeGiB < model.weightsGiB + 30)
    problems.push({
      path: `${path}.volumeGiB`,
      value: pool.volumeGiB,
      rule: `must hold the weights (${model.weightsGiB} GiB) and 30 GiB of system and image`,
      remedy: `use at least ${Math.ceil(model.weightsGiB + 30)}`,
    });
  return [
    ...problems,
    ...replicaProblems(path, pool),
    ...engineArgumentProblems(`${path}.engineArguments`, pool.engineArguments),
    ...purchaseProblems(path, pool),
  ];
}

/** Each copy has GPUs of its own, on every type that the pool may get. */
function replicaProblems(path: string, pool: PoolSettings): readonly Problem[] {
  const { replicasPerInstance, tensorParallel, purchase } = pool;
  if (replicasPerInstance === 1) return [];
  const at = { path: `${path}.replicasPerInstance`, value: replicasPerInstance };
  const experts = catalogModel(pool.model).config.experts;
  if (experts !== undefined)
    return [
      {
        ...at,
        rule: "must be 1 of a mixture of experts: vLLM splits the experts over all copies, which then wait for each other",
        remedy: "set it to 1, and tensorParallel to more GPUs",
      },
    ];
  const types = [pool.instanceType, ...(purchase.option === "spot" ? purchase.overrides : [])];
  return types.flatMap((type) => {
    const gpus = catalogInstanceType(type).gpu?.count ?? 0;
    if (tensorParallel > gpus || replicasPerInstance * tensorParallel <= gpus) return []; // the former does not fit at all
    const rule = `must leave each copy its ${tensorParallel} GPUs: ${type} has ${gpus} in all`;
    return [{ ...at, rule, remedy: `use at most ${Math.floor(gpus / tensorParallel)}, or a larger instance type` }];
  });
}

function purchaseProblems(path: string, pool: PoolSettings): readonly Problem[] {
  const { purchase } = pool;
  if (purchase.option === "on-demand") return [];
  if (purchase.option === "capacity-block") return capacityBlockProblems(path, pool);
  const hasBfloat16 = (type: PoolSettings["instanceType"]) => catalogInstanceType(type).gpu?.bfloat16 !== false;
  const problems: Problem[] = purchase.overrides.flatMap((instanceType, index) => {
    const at = { path: `${path}.purchase.overrides[${index}]`, value: instanceType };
    const fit = fitModel({ ...pool, instanceType });
    if (!fit.fits) {
      const rule = `must hold ${pool.model}: ${fit.arithmetic}`;
      return [{ ...at, rule, remedy: "use a larger instance type, or leave it out" }];
    }
    if (hasBfloat16(instanceType) || !hasBfloat16(pool.instanceType)) return [];
    const rule = `must support bfloat16 as ${pool.instanceType} does: all engines of a pool get the same arguments`;
    return [{ ...at, rule, remedy: "leave it out, or make it the pool's own instanceType" }];
  });
  problems.push(...familyProblems(path, pool, purchase.families ?? []));
  if (pool.warmPool !== null)
    problems.push({
      path: `${path}.warmPool`,
      value: pool.warmPool,
      rule: "must be null with Spot: AWS stops no Spot instances for a warm pool",
      remedy: 'set warmPool to null, or purchase to { option: "on-demand" }',
    });
  if (pool.capacityReservation !== null)
    problems.push({
      path: `${path}.capacityReservation`,
      value: pool.capacityReservation,
      rule: "must be null with Spot: reservations hold on-demand instances",
      remedy: 'set capacityReservation to null, or purchase to { option: "on-demand" }',
    });
  return problems;
}

function familyProblems(path: string, pool: PoolSettings, families: readonly string[]): readonly Problem[] {
  return families.flatMap((family, index) => {
    const at = { path: `${path}.purchase.families[${index}]`, value: family };
    if (!GPU_FAMILIES.includes(family))
      return [{ ...at, rule: "must be a family with GPUs", remedy: `use one of ${GPU_FAMILIES.join(", ")}` }];
    if (familyTypes(pool, family).length > 0) return [];
    const rule = `must have a type with as many GPUs as ${pool.instanceType} that holds ${pool.model}, supports bfloat16 as it does, and costs at most ${MOST_TIMES_PRICE} times as much`;
    return [{ ...at, rule, remedy: "leave it out, or name a type in overrides" }];
  });
}

/** Families that AWS sells in Capacity Blocks: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html */
const CAPACITY_BLOCK_TYPES = /^p[456]/;

function capacityBlockProblems(path: string, pool: PoolSettings): readonly Problem[] {
  const wants = (
    field: "instanceType" | "warmPool" | "capacityReservation" | "replacement",
    rule: string,
    remedy: string,
  ) => ({
    path: `${path}.${field}`,
    value: pool[field],
    rule: `${rule} with a Capacity Block`,
    remedy,
  });
  return [
    ...(CAPACITY_BLOCK_TYPES.test(pool.instanceType)
      ? []
      : [
          wants("instanceType", "must be of the families p4, p5 and p6", "use such a type, or another purchase option"),
        ]),
    ...(pool.warmPool === null
      ? []
      : [wants("warmPool", "must be null", "set it to null: a stopped instance would leave bought capacity unused")]),
    ...(pool.capacityReservation === null
      ? []
      : [wants("capacityReservation", "must be null", "set it to null: purchase.reservationId names the block")]),
    ...(pool.replacement === "old-first"
      ? []
      : [wants("replacement", "must be old-first", "set it: the block has no capacity for twice the instances")]),
  ];
}
