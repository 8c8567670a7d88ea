import { GatewayError } from "../core/gateway-error.ts";
import type { Exchange } from "../exchange.ts";
import type { Route } from "../http/routes.ts";
import type { ResponseStore, StoredResponse } from "../responses/response-store.ts";

const MAX_ITEMS = 100;
const DEFAULT_ITEMS = 20;

/**
 * A kept response, the word that it has been deleted, or the list of its input items.
 * @throws {GatewayError} `not_found` for one that this tenant has not, `invalid_request` for a wrong query
 */
export async function storedResponse(
  { request, tenant }: Exchange,
  { path, encodedId }: Route,
  store: ResponseStore | undefined,
): Promise<unknown> {
  const id = decode(encodedId);
  const query = new URLSearchParams(/\?(.*)$/.exec(request.url ?? "")?.[1] ?? "");
  if (request.method === "DELETE") {
    if (!(await store?.delete(tenant, id))) throw notFound(id);
    return { id, object: "response", deleted: true };
  }
  const stored = await store?.get(tenant, id);
  if (stored === undefined) throw notFound(id);
  if (path === "/v1/responses/{id}/input_items") return itemList(stored, query);
  if (query.get("stream") === "true")
    throw new GatewayError("invalid_request", {
      param: "stream",
      message: "A kept response is not streamed again; leave out `stream`.",
    });
  return stored.response;
}

function notFound(id: string): GatewayError {
  return new GatewayError("not_found", {
    message: `There is no response ${JSON.stringify(id.slice(0, 80))} here. Only those created with \`store: true\` are kept.`,
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
function itemList({ input }: StoredResponse, query: URLSearchParams): unknown {
  const limit = Number(query.get("limit") ?? DEFAULT_ITEMS);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_ITEMS)
    throw new GatewayError("invalid_request", {
      param: "limit",
      message: `\`limit\` must be a whole number from 1 to ${MAX_ITEMS}; correct it.`,
    });
  const items = query.get("order") === "asc" ? input : input.toReversed();
  const after = query.get("after");
  const start = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  const data = items.slice(start, start + limit);
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < items.length,
  };
}
