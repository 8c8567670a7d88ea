import { CONTROL_PATHS, HISTORY_PATHS } from "../../contracts/control/operations/paths.ts";
import type { FunctionEntry } from "../../contracts/processes/function-entry.ts";
import { clientAddress, type EventRequest, eventRequest, requestIdOf } from "../load-balancer-event.ts";
import type { RequestQuery } from "./query/query-object.ts";
import type { ReceivedRequest } from "./serve.ts";

/** A request in a load balancer's event, and its id. `fallbackId` is for one that API Gateway has given none. */
export function requestOf(event: unknown, entry: FunctionEntry, fallbackId: string): ReceivedRequest {
  const { method, path, parameters, headers, body } = eventRequest(event);
  return {
    method,
    path: withoutStage(path),
    // A load balancer passes names and values as they are in the address.
    query: byName(parameters),
    body,
    authorization: headers.get("authorization"),
    ifMatch: headers.get("if-match"),
    range: headers.get("range"),
    idempotencyKey: headers.get("idempotency-key"),
    origin: { address: clientAddress(headers, entry), requestId: requestIdOf(headers, entry, fallbackId) },
  };
}

/** API Gateway puts its stage before the path. */
function withoutStage(path: string): string {
  const starts = [...CONTROL_PATHS, ...HISTORY_PATHS]
    .map((start) => `${path}/`.indexOf(start))
    .filter((index) => index >= 0);
  return starts.length === 0 ? path : path.slice(Math.min(...starts));
}

/** Names that are encoded in several ways are one. */
function byName(parameters: EventRequest["parameters"]): RequestQuery {
  const all = Map.groupBy(parameters, ([name]) => decoded(name));
  return Object.fromEntries(Array.from(all, ([name, found]) => [name, found.flatMap(([, some]) => some.map(decoded))]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
