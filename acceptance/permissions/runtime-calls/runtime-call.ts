import everything from "../../environments/everything.ts";

export const REGION = everything.region;

/** One call of a role at run time. */
export interface RuntimeCall {
  readonly action: string;
  /** `table:keys`, `bucket:files/files/some`, `log-group:…`, `key`, `groups`, `target-groups`, an ARN, or `*`. */
  readonly resources: readonly string[];
  readonly context?: Readonly<Record<string, string>>;
  /** VPC endpoint on the way, by the end of its service's name. @default - the function has none on its way */
  readonly endpoint?: string;
  /** What makes the call, where it is no command of the AWS SDK in the role's code. */
  readonly madeBy?: string;
}

/** What S3 and DynamoDB do with the environment's key in the caller's name. */
export function byKey(service: keyof typeof BY_KEY, ...actions: readonly string[]): readonly RuntimeCall[] {
  return actions.map((action) => ({
    action: `kms:${action}`,
    resources: ["key"],
    context: { "kms:ViaService": `${service}.${REGION}.amazonaws.com` },
    madeBy: BY_KEY[service],
  }));
}

const S3_KEY = "S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html";
const DYNAMODB_KEY =
  "DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html";
const BY_KEY = {
  dynamodb: DYNAMODB_KEY,
  s3: S3_KEY,
  sns: "SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
} as const;
export const MISSING_OBJECT =
  "S3, to say that an object is missing: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html";

export function onTable(table: string, ...actions: readonly string[]): readonly RuntimeCall[] {
  return actions.map((action) => ({
    action: `dynamodb:${action}`,
    resources: [`table:${table}`],
    endpoint: "dynamodb",
  }));
}

/** Objects of files, of copies of held ones, and of their parts. */
export const FILES = ["bucket:files/files/some", "bucket:files/held/some", "bucket:files/parts/some"];
