import { type Block, resources, type SynthesizedStack } from "../../../test-support/synth.ts";
import { ACCOUNT } from "../../tools/emulators.ts";

type Stacks = Readonly<Record<string, SynthesizedStack>>;

/** Suffix that AWS's provider adds to a name's prefix, and ids that AWS chooses. */
const SUFFIX = "20261128141829486700000001";
const ID = "some-id";

/** Attributes with a name, by resource type, and the ARN that AWS makes of it. */
const ARNS: Readonly<Record<string, (name: string, region: string, id: string) => string>> = {
  aws_autoscaling_group: (name, region) =>
    `arn:aws:autoscaling:${region}:${ACCOUNT}:autoScalingGroup:${ID}:autoScalingGroupName/${name}`,
  aws_cloudfront_distribution: () => `arn:aws:cloudfront::${ACCOUNT}:distribution/${ID}`,
  aws_cloudwatch_log_group: (name, region) => `arn:aws:logs:${region}:${ACCOUNT}:log-group:${name}`,
  aws_dynamodb_table: (name, region) => `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${name}`,
  aws_iam_openid_connect_provider: () => `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
  aws_iam_role: (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  aws_kms_key: (_, region, id) =>
    `arn:aws:kms:${region}:${ACCOUNT}:key/${id.startsWith("State_") ? "some-state-key" : ID}`,
  aws_lambda_function: (name, region) => `arn:aws:lambda:${region}:${ACCOUNT}:function:${name}`,
  aws_lb_target_group: (name, region) => `arn:aws:elasticloadbalancing:${region}:${ACCOUNT}:targetgroup/${name}/${ID}`,
  aws_s3_bucket: (name) => `arn:aws:s3:::${name}`,
  aws_sns_topic: (name, region) => `arn:aws:sns:${region}:${ACCOUNT}:${name}`,
};

/** The name that a resource has once it is applied. */
export function appliedName({ name, bucket, name_prefix, bucket_prefix, function_name }: Block): string {
  const whole: unknown = name ?? bucket ?? function_name;
  const prefix: unknown = name_prefix ?? bucket_prefix ?? "tf-";
  return typeof whole === "string" ? whole : `${prefix}${SUFFIX}`;
}

/**
 * A text of a stack with the values that its references have once all stacks are applied.
 * @throws for a reference to an attribute that is not known here
 */
export function resolveReferences(text: string, stack: string, stacks: Stacks): string {
  return text.replaceAll(/\$\{([^{}]+)\}/g, (_, reference: string) => valueOfReference(reference, stack, stacks));
}

function valueOfReference(reference: string, stack: string, stacks: Stacks): string {
  const parts = reference.split(".");
  if (parts[1] === "aws_caller_identity") return ACCOUNT;
  if (parts[1] === "terraform_remote_state") {
    const other = parts[2]?.replace("cross-stack-reference-input-", "") ?? "";
    return resolveReferences(String(stacks[other]?.output?.[parts[4] ?? ""]?.value), other, stacks);
  }
  const [type = "", id = "", attribute = ""] = parts;
  const block = resources(stacks[stack], type)[id];
  if (block === undefined) throw new Error(`${stack}: there is no ${type}.${id} for \${${reference}}`);
  const name = resolveReferences(appliedName(block), stack, stacks);
  if (attribute === "arn") return arnOf(type, name, regionOf(stacks[stack]), id);
  if (/^(name|bucket|id|key)$/.test(attribute)) return String(attribute === "key" ? block.key : name);
  throw new Error(`${stack}: no value is known for \${${reference}}; add it to resolve-references.ts`);
}

function arnOf(type: string, name: string, region: string, id: string): string {
  const make = ARNS[type];
  if (make === undefined) throw new Error(`No ARN is known for ${type}; add it to resolve-references.ts`);
  return make(name, region, id);
}

function regionOf(stack: SynthesizedStack | undefined): string {
  return String(stack?.provider?.aws?.[0]?.region);
}
