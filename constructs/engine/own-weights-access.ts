import type { WeightsLocation } from "../../domain/own-weights.ts";
import type { PolicyStatement } from "../identity/service-role.ts";

/** Permissions to read weights of the user's own: the objects of their folder, and the use of their key through S3 alone. */
export function ownWeightsStatements(
  { bucket, prefix, kmsKeyArn }: WeightsLocation,
  region: string,
): readonly PolicyStatement[] {
  return [
    {
      Sid: "ReadOwnWeights",
      purpose: "An engine loads the weights of its model.",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: [`arn:aws:s3:::${bucket}/${prefix}/*`],
    },
    {
      Sid: "ListOwnWeights",
      purpose: "S3 says that an object is missing only to those who may list the bucket.",
      Effect: "Allow",
      Action: ["s3:ListBucket"], // without it S3 responds to a missing object with AccessDenied
      Resource: [`arn:aws:s3:::${bucket}`],
      Condition: { StringLikeIfExists: { "s3:prefix": [`${prefix}/*`] } }, // reading an object has no prefix
    },
    ...(kmsKeyArn === undefined
      ? []
      : [
          {
            Sid: "DecryptOwnWeights",
            purpose: "S3 decrypts the weights for an engine.",
            Effect: "Allow" as const,
            Action: ["kms:Decrypt"],
            Resource: [kmsKeyArn],
            Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
          },
        ]),
  ];
}
