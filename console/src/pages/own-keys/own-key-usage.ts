import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/queries.ts";
import { allPages } from "../dashboard/all-pages.ts";
import { lastDays, secondsOf } from "../dashboard/dashboard-search.ts";
import { type Figures, usageReport } from "../dashboard/usage-report.ts";

/** Days of use that the page shows. */
export const USAGE_DAYS = 30;
/** Days of a page of the usage operations, which is their maximum. */
const PAGE_DAYS = 31;

/** What was used with each of the keys in the last 30 days, by the key's id. */
export function ownKeyUsageQuery(keyIds: readonly string[]) {
  return queryOptions({
    queryKey: ["own-key-usage", ...keyIds],
    enabled: keyIds.length > 0,
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, Figures>> => {
      const range = secondsOf(lastDays(USAGE_DAYS, Date.now()));
      const query = { ...range, limit: PAGE_DAYS, "api_key_ids[]": [...keyIds], "group_by[]": ["api_key_id" as const] };
      const [completions, embeddings, costs] = await Promise.all([
        allPages((page) => api.call("listCompletionsUsage", { query: { ...query, ...page }, signal })),
        allPages((page) => api.call("listEmbeddingsUsage", { query: { ...query, ...page }, signal })),
        allPages((page) => api.call("listCosts", { query: { ...query, ...page }, signal })),
      ]);
      const { groups } = usageReport("key", [...completions, ...embeddings], costs);
      return new Map(groups.map((group) => [group.id, group]));
    },
  });
}
