import * as z from "zod";
import type { AdminClient } from "../admin/admin-client.ts";

/** All items of a list of the control API, page by page. */
export async function allPages<T extends z.ZodType>(
  client: AdminClient,
  path: string,
  item: T,
): Promise<readonly z.infer<T>[]> {
  const page = z.object({ data: z.array(item), has_more: z.boolean(), last_id: z.string().nullable() });
  const all: z.infer<T>[] = [];
  for (let after = ""; ; ) {
    const query = after === "" ? "" : `&after=${encodeURIComponent(after)}`;
    const {
      data,
      has_more: hasMore,
      last_id: lastId,
    } = await client.call({ method: "GET", path: `${path}?limit=100${query}` }, page);
    all.push(...data);
    if (!hasMore || lastId === null) return all;
    after = lastId;
  }
}
