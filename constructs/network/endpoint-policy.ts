/** Reasons of the policies below, by `Sid`. */
export const ENDPOINT_POLICY_REASONS = {
  OwnAccount: "What each caller may do is in its role's policy; here only whose callers may pass.",
  OwnFiles: "Who may write what is in the roles' policies; here only which buckets can be reached at all.",
  OwnBatchesAndResponses: "Who may write what is in the roles' policies; here only which tables can be reached at all.",
  OwnBuckets: "Who may read what is in the roles' policies; here only which buckets can be reached at all.",
  OwnTables: "Who may read what is in the roles' policies; here only which tables can be reached at all.",
  SystemPackages: "Amazon Linux fetches its packages without signing.",
} as const;

interface EndpointStatement {
  readonly Sid: keyof typeof ENDPOINT_POLICY_REASONS;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface EndpointPolicyProps {
  /** Start of the names of the environment's resources. */
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
}

/**
 * What passes through each endpoint. Credentials that somebody brought along can't carry data out into another
 * account, and ours reach nothing beside the environment.
 */
export function endpointPolicies({ name, region, accountId }: EndpointPolicyProps) {
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
        Sid: "OwnBatchesAndResponses",
        Action: ["dynamodb:PutItem"],
        Resource: ["batches", "responses"].map(
          (table) => `arn:aws:dynamodb:${region}:${accountId}:table/${name}-${table}`,
        ),
      },
    ),
    interface: policy({
      Sid: "OwnAccount",
      Action: "*",
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
    }),
  };
}

function policy(...statements: readonly EndpointStatement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ ...statement, Effect: "Allow", Principal: "*" })),
  });
}
