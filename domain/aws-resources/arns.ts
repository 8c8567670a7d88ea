/** What an ARN is made of, once the resource is applied. */
export interface ArnParts {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  /** What AWS chooses. */
  readonly id: string;
}

/**
 * The ARN of a resource by its type, of the types that roles' policies name. Forms:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const ARNS: Readonly<Record<string, (parts: ArnParts) => string>> = {
  aws_autoscaling_group: ({ name, region, account, id }) =>
    `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${id}:autoScalingGroupName/${name}`,
  aws_cloudfront_distribution: ({ account, id }) => `arn:aws:cloudfront::${account}:distribution/${id}`,
  aws_cloudwatch_log_group: ({ name, region, account }) => `arn:aws:logs:${region}:${account}:log-group:${name}`,
  aws_dynamodb_table: ({ name, region, account }) => `arn:aws:dynamodb:${region}:${account}:table/${name}`,
  aws_iam_openid_connect_provider: ({ account }) =>
    `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
  aws_iam_policy: ({ name, account }) => `arn:aws:iam::${account}:policy/${name}`,
  aws_iam_role: ({ name, account }) => `arn:aws:iam::${account}:role/${name}`,
  aws_kinesis_firehose_delivery_stream: ({ name, region, account }) =>
    `arn:aws:firehose:${region}:${account}:deliverystream/${name}`,
  aws_kms_key: ({ region, account, id }) => `arn:aws:kms:${region}:${account}:key/${id}`,
  aws_lambda_function: ({ name, region, account }) => `arn:aws:lambda:${region}:${account}:function:${name}`,
  aws_lb_target_group: ({ name, region, account, id }) =>
    `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${name}/${id}`,
  aws_s3_bucket: ({ name }) => `arn:aws:s3:::${name}`,
  aws_sns_topic: ({ name, region, account }) => `arn:aws:sns:${region}:${account}:${name}`,
};

/** @throws for a type whose ARN's form is not listed */
export function arnOf(type: string, parts: ArnParts): string {
  const make = ARNS[type];
  if (make === undefined) throw new Error(`No ARN is known for ${type}; add its form to domain/aws-resources/arns.ts.`);
  return make(parts);
}

/** The arguments that name a resource, and those with the beginning of a name. */
interface NameArguments {
  readonly name?: unknown;
  readonly bucket?: unknown;
  readonly function_name?: unknown;
  readonly name_prefix?: unknown;
  readonly bucket_prefix?: unknown;
}

/**
 * The name that a resource has once it is applied.
 * @param suffix that the provider adds to the beginning of a name
 */
export function appliedName(
  { name, bucket, function_name, name_prefix, bucket_prefix }: NameArguments,
  suffix: string,
): string {
  const whole = name ?? bucket ?? function_name;
  return typeof whole === "string" ? whole : `${name_prefix ?? bucket_prefix ?? "tf-"}${suffix}`;
}
