import { EDGE_REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import { CONTROL_PATHS } from "../../contracts/control/paths.ts";
import { eventRequest, requestIdOf } from "../load-balancer-event.ts";
import type { ReceivedRequest } from "./serve.ts";

/** A request in a load balancer's event, and its id. `fallbackId` is for one that API Gateway has given none. */
export function requestOf(event: unknown, fallbackId: string): ReceivedRequest & { readonly requestId: string } {
  const { method, path, parameters, headers, body } = eventRequest(event);
  return {
    method,
    path: path.slice(Math.max(0, path.indexOf(CONTROL_PATHS))), // API Gateway puts its stage before it
    // A load balancer passes names and values as they are in the address.
    query: Object.fromEntries(parameters.map(([name, values]) => [decoded(name), values.map(decoded)])),
    body,
    authorization: headers.get("authorization"),
    ifMatch: headers.get("if-match"),
    idempotencyKey: headers.get("idempotency-key"),
    requestId: requestIdOf(headers.get(EDGE_REQUEST_ID_HEADER), fallbackId),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
