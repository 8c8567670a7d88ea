import * as z from "zod";
import { CLIENT_IP_HEADER, EDGE_REQUEST_ID_HEADER, REQUEST_ID_HEADER } from "../contracts/api/headers.ts";
import type { FunctionEntry } from "../contracts/processes/function-entry.ts";
import { isRecord } from "../lib/is-record.ts";

const Values = z.record(z.string(), z.array(z.string()));
/** Pairs, as a record leaves out a parameter that is named `__proto__`. */
const Parameters = z.preprocess(
  (value) => (isRecord(value) ? Object.entries(value) : value),
  z.array(z.tuple([z.string(), z.array(z.string())])).nullish(),
);

/** A request as a load balancer passes it to a function, with its setting for headers and parameters that come twice. */
const Event = z.object({
  httpMethod: z.string(),
  path: z.string().default("/"),
  multiValueQueryStringParameters: Parameters,
  multiValueHeaders: Values.nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** The form of API Gateway's ids. */
const REQUEST_ID = /^[0-9a-f-]{36}$/;

export interface EventRequest {
  readonly method: string;
  readonly path: string;
  /** As they are in the address, still encoded. */
  readonly parameters: readonly (readonly [string, readonly string[]])[];
  /** The last value of each, by its name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What a load balancer takes as a function's response. */
export interface LoadBalancerResponse {
  readonly statusCode: number;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** @throws {z.ZodError} when it is no event of a load balancer */
export function eventRequest(event: unknown): EventRequest {
  const { httpMethod, path, body, isBase64Encoded, ...rest } = Event.parse(event);
  const headers = Object.entries(rest.multiValueHeaders ?? {}).map(
    ([name, values]) => [name.toLowerCase(), values.at(-1) ?? ""] as const,
  );
  return {
    method: httpMethod,
    path,
    parameters: rest.multiValueQueryStringParameters ?? [],
    headers: new Map(headers),
    body: isBase64Encoded ? Buffer.from(body ?? "", "base64").toString() : (body ?? ""),
  };
}

/** The client's address; `undefined` when it is unknown. API Gateway overwrites what a client sends in its header. */
export function clientAddress(headers: EventRequest["headers"], entry: FunctionEntry): string | undefined {
  if (entry === "api-gateway") return headers.get(CLIENT_IP_HEADER);
  return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
}

/**
 * The id that API Gateway gave a request; `fallbackId` for one that has none of its form. API Gateway overwrites what a
 * client sends in its header; a load balancer passes it on, so there it is not read.
 */
export function requestIdOf(headers: EventRequest["headers"], entry: FunctionEntry, fallbackId: string): string {
  const edgeId = entry === "api-gateway" ? headers.get(EDGE_REQUEST_ID_HEADER) : undefined;
  return REQUEST_ID.exec(edgeId ?? "")?.[0] ?? fallbackId;
}

/** A response in JSON that no cache stores. @param body what JSON can write */
export function jsonResponse(
  status: number,
  body: unknown,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): LoadBalancerResponse {
  const all = {
    "content-type": "application/json",
    ...headers,
    "cache-control": "no-store",
    [REQUEST_ID_HEADER]: requestId,
  };
  return {
    statusCode: status,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    body: body === undefined ? "" : JSON.stringify(body),
    isBase64Encoded: false,
  };
}
