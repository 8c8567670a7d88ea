import type { FunctionEntry } from "../../contracts/processes/function-entry.ts";
import { clientAddress, type EventRequest, eventRequest, requestIdOf } from "../load-balancer-event.ts";

export interface ReceivedRequest {
  readonly method: string;
  /** API Gateway puts its stage before it. */
  readonly path: string;
  readonly contentType: string;
  readonly headers: EventRequest["headers"];
  readonly body: string;
  /** The client's address; empty when it is unknown. */
  readonly address: string;
  readonly requestId: string;
}

/** @param fallbackId for a request that API Gateway has given no id */
export function requestOf(event: unknown, entry: FunctionEntry, fallbackId: string): ReceivedRequest {
  const { method, path, headers, body } = eventRequest(event);
  return {
    method,
    path,
    headers,
    contentType: headers.get("content-type") ?? "",
    body,
    address: clientAddress(headers, entry) ?? "",
    requestId: requestIdOf(headers, entry, fallbackId),
  };
}
