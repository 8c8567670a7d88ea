import { UserError } from "../terminal/user-error.ts";

const ROLE_REMEDY =
  "allow your user or role sts:AssumeRole on it, and your identity in its trust policy, with the external id of the file where it has one";

/** AWS does not let the operator assume the role of `iam.assumeRole`. */
export class RoleRefused extends UserError {
  readonly text: string;

  constructor(role: string, reason: string) {
    const text = `the role ${role} of iam.assumeRole can't be assumed: ${reason.replaceAll(/\s+/g, " ")}`;
    super(`${text}; ${ROLE_REMEDY}.`);
    this.text = text;
  }
}

/** An AWS error whose cause is the operator's set-up rather than the request. */
export interface AwsFailure {
  readonly kind: "credentials" | "denied" | "network";
  readonly text: string;
  readonly remedy: string;
}

const NETWORK = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH)$/;

/** Classifies an error of the AWS SDK; `undefined` for an error that the operator's set-up does not explain. */
export function awsFailure(error: unknown): AwsFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof RoleRefused) return { kind: "denied", text: error.text, remedy: ROLE_REMEDY };
  const { name, message } = error;
  if (name === "CredentialsProviderError")
    return {
      kind: "credentials",
      text: "no AWS credentials were found",
      remedy: "log in (aws sso login) or set AWS_PROFILE",
    };
  if (/^(ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient)/.test(name))
    return {
      kind: "credentials",
      text: `AWS refused the credentials (${name})`,
      remedy: "log in again (aws sso login), or check AWS_PROFILE",
    };
  if (/^(AccessDenied|UnauthorizedOperation)/.test(name))
    return { kind: "denied", text: message, remedy: "request this permission from the account's administrator" };
  const code = "code" in error ? String(error.code) : "";
  if (NETWORK.test(code))
    return {
      kind: "network",
      text: `AWS can't be reached (${message})`,
      remedy: "check the network, proxies and endpoints",
    };
  return undefined;
}

/** Whether a call succeeds: `false` for this refusal of AWS. @throws every other error */
export async function succeeds(
  response: Promise<unknown>,
  refusal: abstract new (...args: never) => Error,
): Promise<boolean> {
  try {
    await response;
    return true;
  } catch (error) {
    if (error instanceof refusal) return false;
    throw error;
  }
}
