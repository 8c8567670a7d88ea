import { GatewayError } from "../core/gateway-error.ts";
import { choiceIn, limitIn, listOf, queryOf, type RequestQuery, wrongCursor } from "../http/list-query.ts";
import type { Identified } from "../pipeline/request-states.ts";
import type { ResponseStore, StoredResponse } from "../responses/response-store.ts";

/** Items on one page of a list. */
const PAGE = { usual: 20, most: 100 };

/** @throws {GatewayError} `not_found` for a response that this caller has not, `invalid_request` for a wrong query */
export async function storedResponse(request: Identified, store: ResponseStore | undefined): Promise<unknown> {
  const stored = await find(request, store);
  if (queryOf(request.request.target).get("stream") === "true")
    throw new GatewayError("invalid_request", {
      param: "stream",
      message: "A stored response is not streamed again; leave out `stream`.",
    });
  return stored.response;
}

/** One page of what went into a stored response. @throws {GatewayError} as `storedResponse` */
export async function storedItems(request: Identified, store: ResponseStore | undefined): Promise<unknown> {
  return itemList(await find(request, store), queryOf(request.request.target));
}

/** @throws {GatewayError} `not_found`, and `legal_hold` for one that is held */
export async function deleteResponse(request: Identified, store: ResponseStore | undefined): Promise<unknown> {
  const id = decode(request.encodedParameter);
  if (!(await store?.delete(request.caller.tenant, id, request.key?.heldBy))) throw notFound(id);
  return { id, object: "response", deleted: true };
}

async function find(request: Identified, store: ResponseStore | undefined): Promise<StoredResponse> {
  const id = decode(request.encodedParameter);
  const stored = await store?.get(request.caller.tenant, id);
  if (stored === undefined) throw notFound(id);
  return stored;
}

function notFound(id: string): GatewayError {
  return new GatewayError("not_found", {
    message: `There is no response ${JSON.stringify(id.slice(0, 80))} here. Those created with \`store: false\` are not stored.`,
  });
}

function decode(encodedId: string): string {
  try {
    return decodeURIComponent(encodedId);
  } catch {
    return encodedId;
  }
}

/** One page of the items, the newest first unless `order` is `asc`. */
function itemList({ input }: StoredResponse, query: RequestQuery): unknown {
  const limit = limitIn(query, PAGE);
  const items = choiceIn(query, "order", ["desc", "asc"]) === "asc" ? input : input.toReversed();
  const start = startOf(items, query.get("after"));
  return listOf(items.slice(start, start + limit + 1), limit);
}

/** Clients may give two items one id: behind the last of them, so that the pages come to an end. */
function startOf(items: StoredResponse["input"], after: string | null): number {
  if (after === null) return 0;
  const at = items.findLastIndex(({ id }) => id === after);
  if (at < 0) throw wrongCursor("after", after);
  return at + 1;
}
