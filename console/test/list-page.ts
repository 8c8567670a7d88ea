/** A page of a list in the control API's shape, by `after` and `limit`. */
export function listPage<Item extends { readonly id: string }>(items: readonly Item[], query: URLSearchParams) {
  const start = items.findIndex(({ id }) => id === query.get("after")) + 1;
  const data = items.slice(start, start + Number(query.get("limit") ?? 20));
  const last = data.at(-1)?.id ?? null;
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: last,
    has_more: last !== items.at(-1)?.id && data.length > 0,
  };
}
