import { queryOptions } from "@tanstack/react-query";
import type { Limits, ShownLimit } from "../../../../contracts/control/limits.ts";
import { api } from "../../api/queries.ts";

/** A limit of money, and whose it is. */
export interface Budget {
  readonly scope: Limits["scope"];
  readonly subjectId: string;
  readonly limit: ShownLimit;
}

const PAGE_SIZE = 100;
/** Most pages of the limits of all subjects. */
const MAX_PAGES = 20;

/** The budgets of all subjects that whoever is signed in may see, with what is spent of them; the organisation's first. */
export const BUDGETS_QUERY = queryOptions({
  queryKey: ["budgets"],
  queryFn: async ({ signal }): Promise<readonly Budget[]> => {
    const found: Budget[] = [];
    let after: string | null = null;
    for (let count = 0; count < MAX_PAGES; count += 1) {
      const cursor: { after?: string } = after === null ? {} : { after };
      const query = { limit: PAGE_SIZE, "include[]": ["used" as const], ...cursor };
      const { data, has_more, last_id } = await api.call("listLimits", { query, signal });
      for (const { scope, subject_id, limits, tier_limits: ofTier = [] } of data)
        for (const limit of [...limits, ...ofTier])
          if (limit.metric === "nano_usd") found.push({ scope, subjectId: subject_id, limit });
      after = last_id;
      if (!has_more || after === null) break;
    }
    return found.toSorted((a, b) => Number(b.scope === "organization") - Number(a.scope === "organization"));
  },
});
