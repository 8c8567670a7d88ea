import * as z from "zod";
import { CLIENT_IP_HEADER, EDGE_REQUEST_ID_HEADER, REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import type { TokenExchangeSettings } from "../../contracts/processes/workloads.ts";

/** A request as a load balancer passes it to a function, with its setting for headers that come twice. */
const Event = z.object({
  httpMethod: z.string(),
  multiValueHeaders: z.record(z.string(), z.array(z.string())).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** The form of API Gateway's ids. */
const REQUEST_ID = /^[0-9a-f-]{36}$/;

export interface ReceivedRequest {
  readonly method: string;
  readonly contentType: string;
  readonly body: string;
  /** The client's address; empty when it is unknown. */
  readonly address: string;
  readonly requestId: string;
}

/** What a load balancer takes as a function's response. */
export interface LoadBalancerResponse {
  readonly statusCode: number;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** @param fallbackId for a request that API Gateway has given no id */
export function requestOf(event: unknown, entry: TokenExchangeSettings["entry"], fallbackId: string): ReceivedRequest {
  const { httpMethod, body, isBase64Encoded, multiValueHeaders } = Event.parse(event);
  const headers = new Map(
    Object.entries(multiValueHeaders ?? {}).map(([name, values]) => [name.toLowerCase(), values.at(-1) ?? ""]),
  );
  const isBehindApiGateway = entry === "api-gateway";
  const lastHop = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  // API Gateway overwrites what a client sends under these names; a load balancer passes it on.
  const edgeId = isBehindApiGateway ? headers.get(EDGE_REQUEST_ID_HEADER) : undefined;
  return {
    method: httpMethod,
    contentType: headers.get("content-type") ?? "",
    body: isBase64Encoded ? Buffer.from(body ?? "", "base64").toString() : (body ?? ""),
    address: (isBehindApiGateway ? headers.get(CLIENT_IP_HEADER) : lastHop) ?? "",
    requestId: REQUEST_ID.exec(edgeId ?? "")?.[0] ?? fallbackId,
  };
}

/** A response in JSON that no cache stores, RFC 6749 section 5.1. */
export function responseOf(
  status: number,
  body: object,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): LoadBalancerResponse {
  const all = {
    ...headers,
    "content-type": "application/json",
    "cache-control": "no-store",
    pragma: "no-cache",
    [REQUEST_ID_HEADER]: requestId,
  };
  return {
    statusCode: status,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}
