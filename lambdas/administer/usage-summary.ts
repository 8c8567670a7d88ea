import type * as z from "zod";
import { ERRORS } from "../../contracts/api/errors.ts";
import { CostsPage, USAGE_SUMMARY, type UsageSummary, UsageSummaryQuery } from "../../contracts/control/usage.ts";
import { NANO_USD_PER_USD } from "../../domain/limits/nano-usd.ts";
import { unixSeconds } from "../../domain/tenancy/unix-seconds.ts";
import { administer, type ControlRequest, type ControlResponse, type ControlTools, failure } from "./administer.ts";
import { checked } from "./call/checked-input.ts";
import { ControlError } from "./call/control-error.ts";

type Month = Omit<UsageSummary["data"][number], "object" | "month" | "cost_usd"> & { readonly nanoUsd: number };
const NONE: Month = { input_tokens: 0, output_tokens: 0, tokens: 0, nanoUsd: 0 };
type Query = z.infer<typeof UsageSummaryQuery>;

/** Responds to the short path for usage by month: it sums the pages of `listCosts`, whose permission it needs. */
export async function summarizeUsage(request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  try {
    if (request.path.replace(/\/$/, "") !== USAGE_SUMMARY)
      throw new ControlError("not_found", ERRORS.not_found.message);
    if (request.method !== "GET")
      throw new ControlError("method_not_allowed", ERRORS.method_not_allowed.message, { allow: "GET" });
    const last = Object.fromEntries(Object.entries(request.query).map(([name, values]) => [name, values.at(-1)]));
    // The schema has parsed it.
    return await summary(checked(UsageSummaryQuery, last) as Query, request, tools);
  } catch (error) {
    if (error instanceof ControlError) return failure(error);
    throw error;
  }
}

async function summary(query: Query, request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  const now = new Date(tools.now());
  const starts = Array.from({ length: query.months }, (_, index) =>
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - query.months + 1 + index),
  );
  const months = new Map(starts.map((start) => [monthOf(start), NONE]));
  let page: string | undefined;
  do {
    const response = await administer(costsRequest(request, query, unixSeconds(starts[0] ?? 0), page), tools);
    if (response.status !== 200) return response;
    const { data, next_page: next } = CostsPage.parse(response.body);
    for (const { start_time: start, results } of data)
      for (const result of results) {
        const name = monthOf(start * 1000);
        if (query.user_id === undefined || result.user_id === query.user_id)
          months.set(name, withItem(months.get(name) ?? NONE, result));
      }
    page = next ?? undefined;
  } while (page !== undefined);
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

function costsRequest(
  request: ControlRequest,
  { project_id: projectId, user_id: userId }: Query,
  start: number,
  page: string | undefined,
): ControlRequest {
  const query = {
    start_time: [String(start)],
    limit: ["180"],
    "group_by[]": ["line_item", ...(userId === undefined ? [] : ["user_id"])],
    ...(projectId === undefined ? {} : { "project_ids[]": [projectId] }),
    ...(page === undefined ? {} : { page: [page] }),
  };
  return { ...request, path: "/v1/organization/costs", query };
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
