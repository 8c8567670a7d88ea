import { AwsProvider, type AwsProviderConfig } from "@cdktf/provider-aws/lib/provider/index.js";
import { S3Backend, type TerraformStack } from "cdktf";
import { applyRoleSettings } from "../constructs/identity/role-settings.ts";
import { assumedSessionName } from "../contracts/processes/names.ts";
import type { Environment } from "../settings/environment.ts";
import { literalText } from "./literal-text.ts";
import { holdToPolicy } from "./policy.ts";

/** The stacks of an environment, each with its own state, in the order in which they are deployed. */
export const STACK_NAMES = ["bootstrap", "data", "network", "serving", "edge", "monitoring", "site"] as const;
export type StackName = (typeof STACK_NAMES)[number];

/** Id of a stack: the argument of `cdktf deploy`. */
export function stackId(environment: Environment, stack: StackName): string {
  return `${environment.name}-${stack}`;
}

/** Start of the names of an environment's resources. */
export function resourceName(environment: Environment): string {
  return `sluice-${environment.name}`;
}

/** Tags of all resources of a stack. */
export function stackTags(environment: Environment, stack: StackName): Record<string, string> {
  const own = Object.entries(environment.tags).map(([key, value]) => [literalText(key), literalText(value)]);
  return { Project: "sluice", Environment: environment.name, Stack: stack, ...Object.fromEntries(own) };
}

/** Name of the key that encrypts an environment's states, without `alias/`: it is fixed, so that it is known before the key exists. */
export function stateKeyName(environment: Environment): string {
  return `${resourceName(environment)}-state`;
}

/** The first OpenTofu (or Terraform) that supports everything in the stacks. */
const REQUIRED_VERSION = ">= 1.10";

/** Adds the parts of every stack: the AWS provider with its tags, the state's location and encryption, and the policy. */
export function configureStack(scope: TerraformStack, environment: Environment, stack: StackName): void {
  const assumed = assumedRole(environment);
  new AwsProvider(scope, "Aws", providerSettings(environment, stack));
  scope.addOverride("terraform.required_version", REQUIRED_VERSION);
  applyRoleSettings(scope, environment.iam); // before the policy, which checks the result
  holdToPolicy(scope, { isProtected: environment.deletionProtection, tags: stackTags(environment, stack) });
  new S3Backend(scope, {
    bucket: environment.state.bucket,
    key: `${environment.name}/${stack}.tfstate`,
    region: environment.region,
    dynamodbTable: environment.state.lockTable,
    encrypt: true,
    // Without it the backend requests S3's own key, in spite of the bucket's setting.
    kmsKeyId: `alias/${stateKeyName(environment)}`,
    ...(assumed ? { assumeRole: assumed } : {}),
  });
  if (environment.state.encryption === "kms") scope.addOverride("terraform.encryption", stateEncryption(environment));
}

/** Region in which CloudFront reads certificates. */
const CLOUDFRONT_REGION = "us-east-1";

/** The region of the page's certificate; `undefined` where there is none, or it is in the environment's own region. */
export function certificateRegion({ region, site }: Environment): string | undefined {
  return site.domain === null || region === CLOUDFRONT_REGION ? undefined : CLOUDFRONT_REGION;
}

/** The provider of the page's certificate; `undefined` where it is the stack's own. */
export function certificateProvider(
  scope: TerraformStack,
  environment: Environment,
  stack: StackName,
): AwsProvider | undefined {
  const region = certificateRegion(environment);
  if (region === undefined) return undefined;
  return new AwsProvider(scope, `Aws-${region}`, { ...providerSettings(environment, stack), region, alias: region });
}

function providerSettings(environment: Environment, stack: StackName): AwsProviderConfig {
  const assumed = assumedRole(environment);
  return {
    region: environment.region,
    ...(assumed ? { assumeRole: [assumed] } : {}),
    defaultTags: [{ tags: stackTags(environment, stack) }],
    ...(environment.account === null ? {} : { allowedAccountIds: [environment.account] }),
  };
}

function assumedRole(environment: Environment) {
  const { assumeRole } = environment.iam;
  if (assumeRole === null) return undefined;
  const { arn: roleArn, externalId } = assumeRole;
  return { roleArn, sessionName: assumedSessionName(environment.name), ...(externalId === null ? {} : { externalId }) };
}

/**
 * OpenTofu's own encryption of states and plans: the objects are unreadable without the key, also for principals that may
 * read the bucket. An unencrypted state is refused; `sluice bootstrap` and docs/operations.md migrate one.
 */
function stateEncryption(environment: Environment): object {
  const { assumeRole } = environment.iam;
  const method = "method.aes_gcm.state";
  return {
    key_provider: {
      aws_kms: {
        state: {
          kms_key_id: `alias/${stateKeyName(environment)}`,
          region: environment.region,
          key_spec: "AES_256",
          ...(assumeRole === null ? {} : { assume_role: assumedByKeyProvider(assumeRole, environment) }),
        },
      },
    },
    method: { aes_gcm: { state: { keys: `\${key_provider.aws_kms.state}` } } },
    state: { method },
    plan: { method },
    remote_state_data_sources: { default: { method } },
  };
}

function assumedByKeyProvider(
  { arn, externalId }: NonNullable<Environment["iam"]["assumeRole"]>,
  environment: Environment,
): object {
  const session = { role_arn: arn, session_name: assumedSessionName(environment.name) };
  return externalId === null ? session : { ...session, external_id: externalId };
}
