import { CLIENT_IP_HEADER, EDGE_REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import type { TokenExchangeSettings } from "../../contracts/processes/workloads.ts";
import { eventRequest, requestIdOf } from "../load-balancer-event.ts";

export interface ReceivedRequest {
  readonly method: string;
  readonly contentType: string;
  readonly body: string;
  /** The client's address; empty when it is unknown. */
  readonly address: string;
  readonly requestId: string;
}

/** @param fallbackId for a request that API Gateway has given no id */
export function requestOf(event: unknown, entry: TokenExchangeSettings["entry"], fallbackId: string): ReceivedRequest {
  const { method, headers, body } = eventRequest(event);
  const isBehindApiGateway = entry === "api-gateway";
  const lastHop = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  // API Gateway overwrites what a client sends under these names; a load balancer passes it on.
  const edgeId = isBehindApiGateway ? headers.get(EDGE_REQUEST_ID_HEADER) : undefined;
  return {
    method,
    contentType: headers.get("content-type") ?? "",
    body,
    address: (isBehindApiGateway ? headers.get(CLIENT_IP_HEADER) : lastHop) ?? "",
    requestId: requestIdOf(edgeId, fallbackId),
  };
}
