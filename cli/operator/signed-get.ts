import { Sha256 } from "@aws-crypto/sha256-js";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { SignatureV4 } from "@smithy/signature-v4";
import { type AwsAccess, clientSettings } from "./aws-access.ts";

/**
 * Reads a path of an AWS service whose SDK client is not installed.
 * @param service its name in host names and signatures, e.g. `apigateway`
 * @returns the body, parsed
 * @throws an error named after AWS's error, or of the connection
 */
export async function signedGet(
  service: string,
  path: string,
  access: AwsAccess,
  signal: AbortSignal,
): Promise<unknown> {
  const { region, endpoint, credentials = defaultProvider() } = clientSettings(access);
  const { protocol, hostname, port, host } = new URL(
    endpoint ?? (process.env.AWS_ENDPOINT_URL || `https://${service}.${region}.amazonaws.com`),
  );
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const request = { method: "GET", protocol, hostname, path, query: {}, headers: { host, accept: "application/json" } };
  const signed = await signer.sign({ ...request, ...(port === "" ? {} : { port: Number(port) }) });
  const response = await fetch(`${protocol}//${host}${path}`, { headers: signed.headers, signal });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const name = response.headers.get("x-amzn-errortype")?.split(":")[0] ?? `HTTP ${response.status}`;
  throw Object.assign(new Error(`${service} responded to GET ${path} with ${response.status}: ${text.slice(0, 200)}`), {
    name,
  });
}
