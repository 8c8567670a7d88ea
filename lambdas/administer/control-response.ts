import { REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import { jsonResponse, type LoadBalancerResponse } from "../load-balancer-event.ts";
import type { ControlResponse } from "./administer.ts";

/** What the load balancer gets: JSON, or bytes as they are. */
export function responseOf({ status, headers, body, bytes }: ControlResponse, requestId: string): LoadBalancerResponse {
  if (bytes === undefined) return jsonResponse(status, body, requestId, headers);
  const all = { ...headers, "cache-control": "no-store", [REQUEST_ID_HEADER]: requestId };
  return {
    statusCode: status,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    body: bytes.toString("base64"),
    isBase64Encoded: true,
  };
}
