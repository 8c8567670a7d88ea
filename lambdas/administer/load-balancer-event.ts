import * as z from "zod";
import { EDGE_REQUEST_ID_HEADER, REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import { CONTROL_PATHS } from "../../contracts/control/paths.ts";
import type { ControlResponse } from "./administer.ts";
import type { ReceivedRequest } from "./serve.ts";

const Values = z.record(z.string(), z.array(z.string()));

/** A request as a load balancer passes it to a function, with its setting for headers and parameters that come twice. */
const Event = z.object({
  httpMethod: z.string(),
  path: z.string(),
  multiValueQueryStringParameters: Values.nullish(),
  multiValueHeaders: Values.nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** The form of API Gateway's ids. */
const REQUEST_ID = /^[0-9a-f-]{36}$/;

/** What a load balancer takes as a function's response. */
export interface LoadBalancerResponse {
  readonly statusCode: number;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** A request in a load balancer's event, and its id. `fallbackId` is for one that API Gateway has given none. */
export function requestOf(event: unknown, fallbackId: string): ReceivedRequest & { readonly requestId: string } {
  const { httpMethod, path, body, ...rest } = Event.parse(event);
  const headers = new Map(
    Object.entries(rest.multiValueHeaders ?? {}).map(([name, values]) => [name.toLowerCase(), values.at(-1)]),
  );
  const parameters = Object.entries(rest.multiValueQueryStringParameters ?? {});
  return {
    method: httpMethod,
    path: path.slice(Math.max(0, path.indexOf(CONTROL_PATHS))), // API Gateway puts its stage before it
    // A load balancer passes names and values as they are in the address.
    query: Object.fromEntries(parameters.map(([name, values]) => [decoded(name), values.map(decoded)])),
    body: rest.isBase64Encoded ? Buffer.from(body ?? "", "base64").toString() : (body ?? ""),
    authorization: headers.get("authorization"),
    ifMatch: headers.get("if-match"),
    idempotencyKey: headers.get("idempotency-key"),
    requestId: REQUEST_ID.exec(headers.get(EDGE_REQUEST_ID_HEADER) ?? "")?.[0] ?? fallbackId,
  };
}

export function responseOf({ status, headers, body }: ControlResponse, requestId: string): LoadBalancerResponse {
  const all = {
    ...headers,
    "content-type": "application/json",
    "cache-control": "no-store",
    [REQUEST_ID_HEADER]: requestId,
  };
  return {
    statusCode: status,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
