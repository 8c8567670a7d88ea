import { ACCOUNT, TESTBED_REGION } from "../tools/emulators.ts";

/** A request to a service, in its own protocol. */
export type AwsRequest =
  | { readonly action: string; readonly version: string; readonly fields?: Readonly<Record<string, string>> }
  | { readonly target: string; readonly body?: object }
  /** A text is XML, an object becomes JSON. */
  | { readonly method: string; readonly path: string; readonly body?: object | string };

/**
 * Sends a request that no installed SDK client has to the AWS proxy. The signature only names the service.
 * @returns the body of the response
 * @throws with the response when its status is an error
 */
export async function callAws(url: string, service: string, request: AwsRequest): Promise<string> {
  const headers: Record<string, string> = {
    authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${TESTBED_REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  };
  const response = await fetch(`${url}${"path" in request ? request.path : "/"}`, requestInit(request, headers));
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${service} responded to ${JSON.stringify(request)} with ${response.status}: ${text}`);
  return text;
}

function requestInit(request: AwsRequest, headers: Record<string, string>): RequestInit {
  if ("action" in request) {
    const fields = { Action: request.action, Version: request.version, ...request.fields };
    return { method: "POST", headers, body: new URLSearchParams(fields) };
  }
  if ("target" in request) {
    const content = { "content-type": "application/x-amz-json-1.1", "x-amz-target": request.target };
    return { method: "POST", headers: { ...headers, ...content }, body: JSON.stringify(request.body ?? {}) };
  }
  if (request.body === undefined) return { method: request.method, headers };
  const isXml = typeof request.body === "string";
  const content = { "content-type": isXml ? "application/xml" : "application/json" };
  const body = isXml ? request.body : JSON.stringify(request.body);
  return { method: request.method, headers: { ...headers, ...content }, body };
}
