import { queryOptions } from "@tanstack/react-query";
import { ApiError } from "../../api/api-error.ts";
import { api } from "../../api/queries.ts";
import { allPages, RangeTooLarge } from "./all-pages.ts";
import { type DayRange, type Grouping, secondsOf } from "./dashboard-search.ts";
import { type UsageReport, usageReport } from "./usage-report.ts";

/** Days of a page of each operation, which are its maxima. */
const USAGE_DAYS = 31;
const COST_DAYS = 180;
/** Hours of a page of each operation, likewise. */
const USAGE_HOURS = 168;
const COST_HOURS = 180;
const USAGE_GROUP = { model: "model", key: "api_key_id", user: "user_id", project: "project_id" } as const;
const COST_GROUP = { ...USAGE_GROUP, model: "line_item" } as const;

/**
 * Usage and costs of a range, added up by the browser.
 * @param projectId the project; `undefined` for all
 * @param zone of the days, whose hours are added up; `undefined` for UTC, whose days are stored
 */
export function usageQuery(range: DayRange, by: Grouping, projectId: string | undefined, zone: string | undefined) {
  const width = zone === undefined ? {} : { bucket_width: "1h" as const };
  const filters = {
    ...secondsOf(range, zone),
    ...width,
    ...(projectId === undefined ? {} : { "project_ids[]": [projectId] }),
  };
  return queryOptions({
    queryKey: ["usage", range.from, range.to, by, projectId ?? "", zone ?? ""],
    queryFn: async ({ signal }): Promise<UsageReport> => {
      const usage = {
        ...filters,
        limit: zone === undefined ? USAGE_DAYS : USAGE_HOURS,
        "group_by[]": [USAGE_GROUP[by]],
      };
      const costs = { ...filters, limit: zone === undefined ? COST_DAYS : COST_HOURS, "group_by[]": [COST_GROUP[by]] };
      const [completions, embeddings, charged] = await Promise.all([
        withLatency((more) =>
          allPages((page) => api.call("listCompletionsUsage", { query: { ...usage, ...more, ...page }, signal })),
        ),
        withLatency((more) =>
          allPages((page) => api.call("listEmbeddingsUsage", { query: { ...usage, ...more, ...page }, signal })),
        ),
        allPages((page) => api.call("listCosts", { query: { ...costs, ...page }, signal })),
      ]);
      return usageReport(by, [...completions, ...embeddings], charged, zone);
    },
  });
}

/**
 * Reads usage with latencies, and without them where they make it more than a page can have, or where the service is of a
 * release before.
 */
async function withLatency<Usage>(
  read: (more: { readonly "include[]"?: ["latency"] }) => Promise<Usage>,
): Promise<Usage> {
  try {
    return await read({ "include[]": ["latency"] });
  } catch (error) {
    const isRefused = error instanceof ApiError && error.kind === "refused";
    if (isRefused || error instanceof RangeTooLarge) return await read({});
    throw error;
  }
}
