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
