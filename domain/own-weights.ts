import { splitLocation } from "../contracts/engine/weights-manifest.ts";
import type { PoolSettings } from "../settings/environment.ts";

type Settings = Pick<PoolSettings, "weights">;

/** Weights of the user's own, as AWS's policies name them. */
export interface WeightsLocation {
  readonly bucket: string;
  /** Start of the objects' keys, without `/` at the end: the name in the signed manifest. */
  readonly prefix: string;
  /** Account of the bucket; `undefined`: the environment's. */
  readonly account: string | undefined;
  /** Customer key of the objects; `undefined`: S3's own. */
  readonly kmsKeyArn: string | undefined;
}

/** Where a pool's own weights are; `undefined` where it serves those of the catalogue's entry. */
export function ownWeights({ weights }: Settings): WeightsLocation | undefined {
  if (weights === null) return undefined;
  return { ...splitLocation(weights.s3), account: weights.account, kmsKeyArn: weights.kmsKeyArn };
}

/** The locations of all pools, each once. */
export function allOwnWeights(pools: Readonly<Record<string, Settings>>): readonly WeightsLocation[] {
  const found = Object.values(pools).flatMap((pool) => ownWeights(pool) ?? []);
  return [...new Map(found.map((each) => [`${each.bucket}/${each.prefix}`, each])).values()];
}
