/** An error of the AWS SDK that is not about what was asked. */
export interface AwsFailure {
  readonly kind: "credentials" | "denied" | "network";
  readonly text: string;
  readonly remedy: string;
}

const NETWORK = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH)$/;

/** What the operator can mend; `undefined` for any other error. */
export function awsFailure(error: unknown): AwsFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  if (name === "CredentialsProviderError")
    return { kind: "credentials", text: "no AWS credentials", remedy: "log in (aws sso login) or set AWS_PROFILE" };
  if (/^(ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient)/.test(name))
    return { kind: "credentials", text: `AWS refuses the credentials (${name})`, remedy: "log in again" };
  if (/^(AccessDenied|UnauthorizedOperation)/.test(name))
    return { kind: "denied", text: message, remedy: "ask for that permission" };
  const code = "code" in error ? String(error.code) : "";
  if (NETWORK.test(code))
    return {
      kind: "network",
      text: `AWS can't be reached (${message})`,
      remedy: "check network, proxies and endpoints",
    };
  return undefined;
}
