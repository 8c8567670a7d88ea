import type { WeightsLocation } from "../../domain/own-weights.ts";

/** Reasons of the policies below, by `Sid`. */
export const ENDPOINT_POLICY_REASONS = {
  OwnAccount: "The permissions of each caller are in its role's policy; this policy only admits the account's callers.",
  OwnFiles: "Permissions to write are in the roles' policies; this policy only limits the buckets that can be reached.",
  OwnHistory:
    "Permissions to write are in the roles' policies; this policy only limits the tables that can be reached.",
  OwnKeyLimits: "A gateway reads the limits of a key with it, by their ids.",
  OwnUsage: "Permissions to write are in the roles' policies; this policy only limits the buckets that can be reached.",
  OwnBatchesAndResponses:
    "Permissions to write are in the roles' policies; this policy only limits the tables that can be reached.",
  OwnBuckets:
    "Permissions to read are in the roles' policies; this policy only limits the buckets that can be reached.",
  OwnWeights: "Permissions to read are in the engines' roles; this policy only limits the buckets that can be reached.",
  OwnTables: "Permissions to read are in the roles' policies; this policy only limits the tables that can be reached.",
  SystemPackages: "Amazon Linux fetches its packages without signing.",
} as const;

interface EndpointStatement {
  readonly Sid: keyof typeof ENDPOINT_POLICY_REASONS;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface EndpointPolicyProps {
  /** Start of the names of the environment's resources. */
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  /** Weights of the user's own, in buckets outside of the environment. @default - none */
  readonly weights?: readonly WeightsLocation[];
  /** Whether gateways store a history. @default false */
  readonly hasHistory?: boolean;
}

/**
 * Policy of each endpoint. Foreign credentials can't send data to another account, and ours reach only the environment's
 * resources.
 */
export function endpointPolicies({ name, region, accountId, weights = [], hasHistory = false }: EndpointPolicyProps) {
  return {
    s3: policy(
      {
        Sid: "OwnBuckets",
        Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"],
        Resource: [`arn:aws:s3:::${name}-*`], // bucket names and keys below them
        Condition: { StringEquals: { "aws:ResourceAccount": accountId } },
      },
      {
        Sid: "OwnFiles",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
        Resource: [`arn:aws:s3:::${name}-files-*`],
        Condition: { StringEquals: { "aws:ResourceAccount": accountId } },
      },
      {
        Sid: "OwnUsage",
        Action: ["s3:PutObject"],
        Resource: [`arn:aws:s3:::${name}-usage-*`],
        Condition: { StringEquals: { "aws:ResourceAccount": accountId } },
      },
      ...weightsStatements(weights, accountId),
      {
        Sid: "SystemPackages",
        Action: ["s3:GetObject"],
        Resource: [`arn:aws:s3:::al2023-repos-${region}-de612dc2/*`], // AWS's name for it, the same in every region
      },
    ),
    dynamodb: policy(
      {
        Sid: "OwnTables",
        Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        Resource: [`arn:aws:dynamodb:${region}:${accountId}:table/${name}-*`],
      },
      {
        Sid: "OwnKeyLimits",
        Action: ["dynamodb:BatchGetItem"],
        Resource: [`arn:aws:dynamodb:${region}:${accountId}:table/${name}-keys`],
      },
      {
        Sid: "OwnBatchesAndResponses",
        Action: ["dynamodb:PutItem"],
        Resource: ["batches", "responses"].map(
          (table) => `arn:aws:dynamodb:${region}:${accountId}:table/${name}-${table}`,
        ),
      },
      ...(hasHistory
        ? [
            {
              Sid: "OwnHistory" as const,
              Action: ["dynamodb:PutItem"],
              Resource: ["history", "subject-keys"].map(
                (table) => `arn:aws:dynamodb:${region}:${accountId}:table/${name}-${table}`,
              ),
            },
          ]
        : []),
    ),
    interface: policy({
      Sid: "OwnAccount",
      Action: "*",
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
    }),
  };
}

/** Buckets' names are unique across AWS; with the account, nobody else's takes over the name of a deleted one. */
function weightsStatements(weights: readonly WeightsLocation[], accountId: string): readonly EndpointStatement[] {
  if (weights.length === 0) return [];
  const accounts = new Set(weights.map(({ account }) => account ?? accountId));
  const resources = weights.flatMap(({ bucket, prefix }) => [
    `arn:aws:s3:::${bucket}`,
    `arn:aws:s3:::${bucket}/${prefix}/*`,
  ]);
  return [
    {
      Sid: "OwnWeights",
      Action: ["s3:GetObject", "s3:ListBucket"],
      Resource: [...new Set(resources)],
      Condition: { StringEquals: { "aws:ResourceAccount": [...accounts] } },
    },
  ];
}

function policy(...statements: readonly EndpointStatement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ ...statement, Effect: "Allow", Principal: "*" })),
  });
}
