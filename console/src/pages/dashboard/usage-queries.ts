import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/queries.ts";
import { type DayRange, type Grouping, secondsOf } from "./dashboard-search.ts";
import { type UsageReport, usageReport } from "./usage-report.ts";

/** Days of a page of each operation, which are its maxima. */
const USAGE_DAYS = 31;
const COST_DAYS = 180;
/** Most pages of one operation, each with at most 2,500 results: more is not drawn, and would stand in the memory of the page. */
const MAX_PAGES = 60;

/** The range has more than the page reads. */
export class RangeTooLarge extends Error {
  override readonly name = "RangeTooLarge";
}

const USAGE_GROUP = { model: "model", key: "api_key_id", user: "user_id", project: "project_id" } as const;
const COST_GROUP = { ...USAGE_GROUP, model: "line_item" } as const;

/** Usage and costs of a range, added up by the browser. @param projectId the project; `undefined` for all */
export function usageQuery(range: DayRange, by: Grouping, projectId: string | undefined) {
  const filters = { ...secondsOf(range), ...(projectId === undefined ? {} : { "project_ids[]": [projectId] }) };
  return queryOptions({
    queryKey: ["usage", range.from, range.to, by, projectId ?? ""],
    queryFn: async ({ signal }): Promise<UsageReport> => {
      const usage = { ...filters, limit: USAGE_DAYS, "group_by[]": [USAGE_GROUP[by]] };
      const costs = { ...filters, limit: COST_DAYS, "group_by[]": [COST_GROUP[by]] };
      const [completions, embeddings, charged] = await Promise.all([
        allPages((page) => api.call("listCompletionsUsage", { query: { ...usage, ...page }, signal })),
        allPages((page) => api.call("listEmbeddingsUsage", { query: { ...usage, ...page }, signal })),
        allPages((page) => api.call("listCosts", { query: { ...costs, ...page }, signal })),
      ]);
      return usageReport(by, [...completions, ...embeddings], charged);
    },
  });
}

interface BucketPage<Bucket> {
  readonly data: readonly Bucket[];
  readonly next_page: string | null;
}

/** @throws {RangeTooLarge} */
export async function allPages<Bucket>(
  read: (page: { readonly page?: string }) => Promise<BucketPage<Bucket>>,
): Promise<readonly Bucket[]> {
  const buckets: Bucket[] = [];
  let next: string | null = null;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const page: BucketPage<Bucket> = await read(next === null ? {} : { page: next });
    buckets.push(...page.data);
    next = page.next_page;
    if (next === null) return buckets;
  }
  throw new RangeTooLarge();
}
