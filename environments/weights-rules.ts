import { catalogModel } from "../catalog/models.ts";
import type { Environment } from "../settings/environment.ts";
import type { Problem } from "./problem.ts";

/** Rules of weights of the user's own: where a model needs them, and where their key may be. */
export function weightsProblems({ region, pools }: Environment): readonly Problem[] {
  return Object.entries(pools).flatMap(([name, { model, weights }]): readonly Problem[] => {
    const path = `pools.${name}.weights`;
    if (weights === null) {
      if (catalogModel(model).weights.hub !== "none") return [];
      return [
        {
          path,
          value: weights,
          rule: `must name the bucket of ${model}, which no hub has`,
          remedy: 'upload them with sluice models push, and write weights: { s3: "s3://bucket/folder" }',
        },
      ];
    }
    const keyRegion = weights.kmsKeyArn?.split(":")[3];
    if (keyRegion === undefined || keyRegion === region) return [];
    return [
      {
        path: `${path}.kmsKeyArn`,
        value: weights.kmsKeyArn,
        rule: `must be a key of ${region}: engines reach S3 and its buckets in their own region alone`,
        remedy: `copy the weights to a bucket in ${region}, and name its key`,
      },
    ];
  });
}
