import type * as z from "zod";
import type { CostsPage, UsageSummary, UsageSummaryQuery } from "../../contracts/control/usage.ts";
import { NANO_USD_PER_USD } from "../../domain/limits/nano-usd.ts";
import { unixSeconds } from "../../domain/tenancy/unix-seconds.ts";
import type { ControlRequest, ControlResponse, ControlTools } from "./administer.ts";
import { costPages } from "./cost-pages.ts";

type Month = Omit<UsageSummary["data"][number], "object" | "month" | "cost_usd"> & { readonly nanoUsd: number };
const NONE: Month = { input_tokens: 0, output_tokens: 0, tokens: 0, nanoUsd: 0 };
type Query = z.infer<typeof UsageSummaryQuery>;

/** The tokens and charges of each month. */
export async function usageSummary(
  query: Query,
  request: ControlRequest,
  tools: ControlTools,
): Promise<ControlResponse> {
  const now = new Date(tools.now());
  const starts = Array.from({ length: query.months }, (_, index) =>
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - query.months + 1 + index),
  );
  const months = new Map(starts.map((start) => [monthOf(start), NONE]));
  const found = await costPages(request, costsQuery(query, unixSeconds(starts[0] ?? 0)), tools);
  if ("refusal" in found) return found.refusal;
  for (const { start_time: start, results } of found.buckets)
    for (const result of results) {
      const name = monthOf(start * 1000);
      if (query.user_id === undefined || result.user_id === query.user_id)
        months.set(name, withItem(months.get(name) ?? NONE, result));
    }
  const body: UsageSummary = {
    object: "list",
    data: Array.from(months, ([month, { nanoUsd, ...tokens }]) => ({
      object: "usage.month",
      month,
      ...tokens,
      cost_usd: nanoUsd / NANO_USD_PER_USD,
    })),
  };
  return { status: 200, headers: {}, body };
}

function costsQuery({ project_id: projectId, user_id: userId }: Query, start: number) {
  return {
    start_time: [String(start)],
    "group_by[]": ["line_item", ...(userId === undefined ? [] : ["user_id"])],
    ...(projectId === undefined ? {} : { "project_ids[]": [projectId] }),
  };
}

function withItem(
  month: Month,
  { line_item: item, quantity, amount }: z.infer<typeof CostsPage>["data"][number]["results"][number],
): Month {
  const count = quantity ?? 0;
  const isInput = item?.endsWith(", input_tokens") ?? false;
  return {
    input_tokens: month.input_tokens + (isInput ? count : 0),
    output_tokens: month.output_tokens + (isInput ? 0 : count),
    tokens: month.tokens + count,
    nanoUsd: month.nanoUsd + Math.round(amount.value * NANO_USD_PER_USD),
  };
}

function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}
