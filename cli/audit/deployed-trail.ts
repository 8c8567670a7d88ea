import { GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { auditSealerName } from "../../contracts/processes/names.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { publicKeyPem } from "../../domain/audit/signed-head.ts";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";
import { awsFailure } from "../operator/aws-failure.ts";
import { signedGet } from "../operator/signed-request.ts";
import { UserError } from "../terminal/user-error.ts";

/** Access to the account of an environment, or to the local stack that runs it. */
export interface TrailAccess extends AwsAccess {
  /** Name of the environment. */
  readonly environment: string;
}

/** Where an environment's sealer writes, and what it signs with. */
export interface DeployedTrail {
  readonly bucket: string;
  /** ARN of the KMS key. */
  readonly signingKey: string;
}

/** Time for one call of AWS, in milliseconds. */
const CALL_MS = 10_000;

const Configuration = z.object({
  Environment: z.object({
    Variables: z.object({ [ENV.auditBucket]: z.string().min(1), [ENV.auditKey]: z.string().min(1) }),
  }),
});

/**
 * Finds the trail in the configuration of the sealer's function: another bucket of the name's beginning may be one that a
 * destroyed environment has left.
 * @throws {UserError} where the environment has no sealer, or AWS refuses
 */
export async function deployedTrail(access: TrailAccess): Promise<DeployedTrail> {
  const name = auditSealerName(access.environment);
  const path = `/2015-03-31/functions/${name}/configuration`;
  const response = await explained(access, `read the configuration of the function ${name}`, () =>
    signedGet("lambda", path, access, AbortSignal.timeout(CALL_MS)),
  );
  const parsed = Configuration.safeParse(response);
  if (!parsed.success)
    throw new UserError(
      `The function ${name} in ${access.region} names no bucket and key of an audit trail; deploy ${access.environment} with this release.`,
    );
  const { Variables } = parsed.data.Environment;
  return { bucket: Variables[ENV.auditBucket], signingKey: Variables[ENV.auditKey] };
}

/**
 * The public key in PEM of a key that signs.
 * @throws {UserError} where AWS refuses, or KMS has no such key
 */
export async function signingKeyPem(access: TrailAccess, { signingKey }: DeployedTrail): Promise<string> {
  const client = new KMSClient(clientSettings(access));
  const { PublicKey } = await explained(access, `read the public key of ${signingKey}`, () =>
    client.send(new GetPublicKeyCommand({ KeyId: signingKey })),
  );
  if (PublicKey === undefined)
    throw new UserError(`KMS has no public key for ${signingKey}; the signing key must be of the type ECC_NIST_P256.`);
  return publicKeyPem(PublicKey);
}

/** A client for the trail's bucket; a server other than AWS has no host name for each bucket. */
export function trailClient(access?: AwsAccess): S3Client {
  const isAws = access?.endpoint === undefined && !process.env.AWS_ENDPOINT_URL;
  return new S3Client({
    ...(access ? clientSettings(access) : {}),
    followRegionRedirects: true,
    forcePathStyle: !isAws,
  });
}

async function explained<T>(access: TrailAccess, purpose: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw trailError(error, access, purpose);
  }
}

/** Why a call of AWS failed, with a remedy where one is known. @param purpose what the call was to do, as "read …" */
export function trailError(error: unknown, { environment, region, endpoint }: TrailAccess, purpose: string): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  if (error.name === "ResourceNotFoundException")
    return new UserError(
      `${environment} has no audit trail: there is no function ${auditSealerName(environment)} in ${region}; set ` +
        `\`api.controlApi: true\` in its file and ${endpoint === undefined ? "deploy it, or check the account that AWS_PROFILE names" : "start the local stack again"}.`,
    );
  const failure = awsFailure(error);
  if (failure === undefined && error.name === "TimeoutError")
    return new UserError(`Can't ${purpose}: AWS did not respond within ${CALL_MS / 1000} seconds; run it again.`);
  if (failure === undefined)
    return new UserError(`Can't ${purpose}: ${error.message.replace(/\.$/, "")} (${error.name}).`);
  return new UserError(`Can't ${purpose}: ${failure.text}; ${failure.remedy}.`);
}
