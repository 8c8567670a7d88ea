import { type Deprecation, deprecationHeaders } from "../../contracts/api/deprecations.ts";
import { EDGE_REQUEST_ID_HEADER, REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import type { RecordWriter } from "../core/record.ts";
import type { GatewayRequest } from "../core/request.ts";
import { ResponseHeaders } from "../core/response-headers.ts";
import { requestPath } from "../http/request-path.ts";
import type { EndpointTable } from "./endpoint-table.ts";
import { newRequestId } from "./request-id.ts";
import type { Received } from "./request-states.ts";

const NO_FIELDS = {};
const EDGE_ID_FORM = /^[\w=.:+/-]{1,128}$/;

export interface ReceiveTools {
  readonly endpoints: EndpointTable;
  /** The API Gateway stage, which its private integrations put before the path. */
  readonly stage: string;
  readonly deprecations: readonly Deprecation[];
}

/**
 * First step: sets the request's id, and finds the endpoint of its path and method. A refusal is part of the returned
 * value, since the client gets it in the dialect of the path.
 */
export function receive(
  request: GatewayRequest,
  record: RecordWriter,
  now: number,
  { endpoints, stage, deprecations }: ReceiveTools,
): Received {
  const match = endpoints.find(requestPath(request.target, stage), request.method);
  const requestId = idOf(request);
  const headers = new ResponseHeaders({ [REQUEST_ID_HEADER]: requestId });
  headers.add(match.client?.headers(requestId));
  headers.add(announcements(match.route, deprecations));
  record.note({ route: match.route });
  return { request, requestId, startedAt: now, match, abort: follow(request.signal), record, headers };
}

/** Headers for the deprecated parts of a request: its path, or fields that it has; `undefined` where it has none. */
export function announcements(
  route: string,
  table: readonly Deprecation[],
  fields: Readonly<Record<string, unknown>> = NO_FIELDS,
): Readonly<Record<string, string>> | undefined {
  let used: Deprecation[] | undefined;
  for (const deprecation of table) {
    const { path, field } = deprecation;
    if (path !== route || (field !== undefined && (fields[field] == null || !Object.hasOwn(fields, field)))) continue;
    used ??= [];
    used.push(deprecation);
  }
  return used === undefined ? undefined : deprecationHeaders(used);
}

function idOf({ headers }: GatewayRequest): string {
  const edgeId = headers[EDGE_REQUEST_ID_HEADER];
  if (typeof edgeId === "string" && EDGE_ID_FORM.test(edgeId)) return edgeId;
  return newRequestId();
}

function follow(signal: AbortSignal): AbortController {
  const abort = new AbortController();
  if (signal.aborted) abort.abort(signal.reason);
  else signal.addEventListener("abort", () => abort.abort(signal.reason), { once: true });
  return abort;
}
