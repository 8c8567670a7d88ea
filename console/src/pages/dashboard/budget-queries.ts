import { queryOptions } from "@tanstack/react-query";
import type { Limit, Limits } from "../../../../contracts/control/limits.ts";
import { utcWindowStart } from "../../../../lib/utc-window-start.ts";
import { api } from "../../api/queries.ts";
import { nanoOf } from "../../lib/money.ts";
import { allPages } from "./all-pages.ts";

/** A limit of money, and whose it is. */
export interface Budget {
  readonly scope: Limits["scope"];
  readonly subjectId: string;
  readonly limit: Limit;
}

const PAGE_SIZE = 100;
/** Most pages of the limits of all subjects. */
const MAX_PAGES = 20;
const COST_DAYS = 180;

/** The budgets of all subjects that whoever is signed in may see; the organisation's first. */
export const BUDGETS_QUERY = queryOptions({
  queryKey: ["budgets"],
  queryFn: async ({ signal }): Promise<readonly Budget[]> => {
    const found: Budget[] = [];
    let after: string | null = null;
    for (let count = 0; count < MAX_PAGES; count += 1) {
      const query: { limit: number; after?: string } = { limit: PAGE_SIZE, ...(after === null ? {} : { after }) };
      const { data, has_more, last_id } = await api.call("listLimits", { query, signal });
      for (const { scope, subject_id, limits } of data)
        for (const limit of limits)
          if (limit.metric === "nano_usd") found.push({ scope, subjectId: subject_id, limit });
      after = last_id;
      if (!has_more || after === null) break;
    }
    return found.toSorted((a, b) => Number(b.scope === "organization") - Number(a.scope === "organization"));
  },
});

/** Whether the sums, which have days in UTC, say what is spent of a budget. */
export function isSpentKnown({ scope, limit: { window, time_zone: zone = "UTC" } }: Budget): boolean {
  return zone === "UTC" && utcWindowStart(window, 0) !== undefined && scope !== "service_account";
}

/** Nano-dollars that were charged in the budget's window so far. */
export function spentQuery({ scope, subjectId, limit }: Budget, nowMs: number) {
  const start = utcWindowStart(limit.window, nowMs) ?? 0;
  return queryOptions({
    queryKey: ["spent", scope, subjectId, limit.model ?? "", start],
    queryFn: async ({ signal }): Promise<bigint> => {
      const query = { start_time: start, limit: COST_DAYS, ...lineItems(limit.model), ...filterOf(scope, subjectId) };
      const buckets = await allPages((page) => api.call("listCosts", { query: { ...query, ...page }, signal }));
      return buckets
        .flatMap(({ results }) => results)
        .filter(({ user_id }) => scope !== "user" || user_id === subjectId)
        .reduce((sum, { amount }) => sum + nanoOf(amount.value), 0n);
    },
  });
}

function lineItems(model: string | undefined): { readonly "line_items[]"?: string[] } {
  return model === undefined ? {} : { "line_items[]": [`${model}, input_tokens`, `${model}, output_tokens`] };
}

function filterOf(scope: Budget["scope"], id: string) {
  if (scope === "project") return { "project_ids[]": [id] };
  if (scope === "key") return { "api_key_ids[]": [id] };
  // Costs have no filter by user.
  return scope === "user" ? { "group_by[]": ["user_id" as const] } : {};
}
