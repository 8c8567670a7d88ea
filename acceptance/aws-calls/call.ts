import type { IncomingHttpHeaders } from "node:http";
import { isObject, type Json, type JsonObject } from "../../local/template/json.ts";

/** One AWS API call as the AWS proxy received it. */
export interface Call {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Signing name: `ec2`, `s3`, `monitoring`, …; `none` for a call without a signature. */
  readonly service: string;
  /** Region for which it is signed; of a global service the one that signs for it. */
  readonly region: string;
  /** `RunInstances`, `PutItem`, or for REST services `PUT /restapis/abc`, without query. */
  readonly operation: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

const SCOPE = /Credential=[^/\s]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request/;

/** Region and service for which a call is signed: only the signature names them when all services have one address. */
export function scopeOf(headers: IncomingHttpHeaders, url: string): Pick<Call, "region" | "service"> {
  const [, signedRegion, signedService] = SCOPE.exec(headers.authorization ?? "") ?? [];
  if (signedRegion && signedService) return { region: signedRegion, service: signedService };
  const credential = new URL(url, "http://aws-proxy").searchParams.get("X-Amz-Credential");
  const [, , region = "none", service = "none"] = credential?.split("/") ?? [];
  return { region, service };
}

/** Operation of a call: the target header of JSON services, the action of query services, else method and path. */
export function operationOf(method: string, url: string, headers: IncomingHttpHeaders, body: Buffer): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.split(".").at(-1) ?? target;
  const isForm = /x-www-form-urlencoded/.test(headers["content-type"] ?? "");
  const action = isForm ? new URLSearchParams(body.toString("utf8")).get("Action") : null;
  return action ?? `${method} ${url.split("?")[0]}`;
}

/** Fields of a query service's call. */
export function form(call: Call): URLSearchParams {
  return new URLSearchParams(call.body.toString("utf8"));
}

/** Body of a JSON service's call; an empty one is an empty object. */
export function input(call: Call): JsonObject {
  return parseObject(call.body.toString("utf8") || "{}");
}

/** @throws when the text is no JSON object */
export function parseObject(text: string): JsonObject {
  const value: Json = JSON.parse(text);
  if (!isObject(value)) throw new Error(`expected a JSON object, got ${text.slice(0, 80)}`);
  return value;
}

/** The same call with another body, and with another path if there is one. */
export function withBody(call: Call, body: string, url: string = call.url): Call {
  return { ...call, url, body: Buffer.from(body) };
}

export function jsonReply(status: number, value: Json): Reply {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function xmlReply(operation: string, inner: string, namespace: string): Reply {
  const text = `<${operation}Response xmlns="${namespace}">${inner}<requestId>front-door</requestId></${operation}Response>`;
  return { status: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(text) };
}

/** A successful reply with edited text; an error response is unchanged. */
export function editText(reply: Reply, edit: (text: string) => string): Reply {
  return reply.status >= 300 ? reply : { ...reply, body: Buffer.from(edit(reply.body.toString("utf8"))) };
}

/** A successful JSON reply with an edited value; a refusal passes as it is. */
export function editJson(reply: Reply, edit: (value: JsonObject) => JsonObject): Reply {
  return editText(reply, (text) => JSON.stringify(edit(parseObject(text))));
}
