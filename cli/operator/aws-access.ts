import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { assumedSessionName } from "../../contracts/processes/names.ts";
import { LOCAL_CREDENTIALS } from "../../local/runtime/aws-environment.ts";
import type { Environment } from "../../settings/environment.ts";
import { awsFailure, RoleRefused } from "./aws-failure.ts";

/** Credentials of a session in a role. */
interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Where the commands' own calls to AWS go, and as whom. */
export interface AwsAccess {
  readonly region: string;
  /** Address of the local stack's AWS. @default - AWS's, or the AWS SDK's own setting */
  readonly endpoint?: string;
  /** Credentials of the assumed role. @default - the operator's own, as the AWS SDK finds them */
  readonly credentials?: () => Promise<SessionCredentials>;
}

/** Tries to assume a role; more would exceed the time limit of doctor's checks. */
const ATTEMPTS = 2;
/** Time before the end of a session at which the next one begins. */
const RENEWED_MILLIS = 5 * 60_000;

/** Access to an environment's account: by the role that OpenTofu assumes, where `iam.assumeRole` names one. */
export function accessTo(environment: Environment): AwsAccess {
  const { region, iam } = environment;
  return iam.assumeRole === null
    ? { region }
    : { region, credentials: assumedRole(iam.assumeRole, { region, session: assumedSessionName(environment.name) }) };
}

/** Settings of an AWS SDK client. */
export function clientSettings({ region, endpoint, credentials }: AwsAccess) {
  const local = endpoint === undefined ? {} : { endpoint, credentials: LOCAL_CREDENTIALS };
  return { region, ...(credentials === undefined ? {} : { credentials }), ...local };
}

/** Assumes a role at the first call, once for all clients, and again before the session ends. */
function assumedRole(
  role: NonNullable<Environment["iam"]["assumeRole"]>,
  names: { readonly region: string; readonly session: string },
): () => Promise<SessionCredentials> {
  let current: Promise<SessionCredentials> | undefined;
  let renewedAt = 0;
  return async () => {
    if (current === undefined || Date.now() >= renewedAt) {
      renewedAt = Number.POSITIVE_INFINITY; // until this session's end is known
      current = assume(role, names);
    }
    const credentials = await current;
    renewedAt = (credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - RENEWED_MILLIS;
    return credentials;
  };
}

/** @throws {RoleRefused} when AWS refuses, and errors of the operator's own credentials as they are */
async function assume(
  { arn, externalId }: NonNullable<Environment["iam"]["assumeRole"]>,
  { region, session }: { readonly region: string; readonly session: string },
): Promise<SessionCredentials> {
  const client = new STSClient({ region, maxAttempts: ATTEMPTS });
  const request = new AssumeRoleCommand({
    RoleArn: arn,
    RoleSessionName: session,
    ...(externalId === null ? {} : { ExternalId: externalId }),
  });
  try {
    const { Credentials: found } = await client.send(request);
    if (!found?.AccessKeyId || !found.SecretAccessKey) throw new Error(`STS's response for ${arn} has no credentials`);
    return {
      accessKeyId: found.AccessKeyId,
      secretAccessKey: found.SecretAccessKey,
      ...(found.SessionToken === undefined ? {} : { sessionToken: found.SessionToken }),
      ...(found.Expiration === undefined ? {} : { expiration: found.Expiration }),
    };
  } catch (error) {
    throw awsFailure(error)?.kind === "denied" && error instanceof Error ? new RoleRefused(arn, error.message) : error;
  }
}
