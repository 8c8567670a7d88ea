import { Sha256 } from "@aws-crypto/sha256-js";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { SignatureV4 } from "@smithy/signature-v4";
import { type AwsAccess, clientSettings } from "./aws-access.ts";

/** A call of AWS's JSON protocol. */
interface JsonCall {
  /** e.g. `AWSInsightsIndexService.ListCostAllocationTags` */
  readonly target: string;
  readonly body: object;
}

/**
 * Reads a path of an AWS service whose SDK client is not installed.
 * @param service its name in host names and signatures, e.g. `apigateway`
 * @param path perhaps with a query
 * @returns the body, parsed
 * @throws an error named after AWS's error, or of the connection
 */
export function signedGet(service: string, path: string, access: AwsAccess, signal: AbortSignal): Promise<unknown> {
  return send({ method: "GET", path, headers: { accept: "application/json" } }, service, access, signal);
}

/**
 * Makes a call of the JSON protocol to an AWS service whose SDK client is not installed.
 * @param service its name in host names and signatures, e.g. `ce`
 * @returns the body, parsed
 * @throws an error named after AWS's error, or of the connection
 */
export function signedPost(
  service: string,
  { target, body }: JsonCall,
  access: AwsAccess,
  signal: AbortSignal,
): Promise<unknown> {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  return send({ method: "POST", path: "/", headers, body: JSON.stringify(body) }, service, access, signal);
}

interface Unsigned {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function send(
  { method, path, headers, body }: Unsigned,
  service: string,
  access: AwsAccess,
  signal: AbortSignal,
): Promise<unknown> {
  const { region, endpoint, credentials = defaultProvider() } = clientSettings(access);
  const { protocol, hostname, port, host } = new URL(
    endpoint ?? (process.env.AWS_ENDPOINT_URL || `https://${service}.${region}.amazonaws.com`),
  );
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const content = body === undefined ? {} : { body };
  const { pathname, searchParams } = new URL(path, "https://any");
  const query = Object.fromEntries(searchParams); // the signature has path and query apart
  const request = { method, protocol, hostname, path: pathname, query, headers: { host, ...headers }, ...content };
  const signed = await signer.sign({ ...request, ...(port === "" ? {} : { port: Number(port) }) });
  const response = await fetch(`${protocol}//${host}${path}`, { method, headers: signed.headers, signal, ...content });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  throw Object.assign(
    new Error(`${service} responded to ${method} ${path} with ${response.status}: ${text.slice(0, 200)}`),
    { name: errorName(response, text) },
  );
}

/** AWS names an error in a header, or in the `__type` of the body. */
function errorName(response: Response, text: string): string {
  const named = response.headers.get("x-amzn-errortype") ?? /"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(text)?.[1];
  return named?.split(":")[0] ?? `HTTP ${response.status}`;
}
