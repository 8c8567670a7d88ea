import * as z from "zod";
import type { UsageKind } from "../../contracts/usage/usage-counter.ts";
import type { AdminClient } from "../admin/admin-client.ts";

/** Which buckets are wanted. */
export interface BucketsRequest {
  /** Unix seconds. */
  readonly start: number;
  /** Further parameters of the query, encoded. */
  readonly filter?: string;
  /** Most buckets of one request. @default 31 */
  readonly limit?: number;
  /** @default - one result for each bucket */
  readonly groupBy?: readonly string[];
}

/** The result of one bucket and group. */
export interface GroupRow {
  /** Start of the bucket, in Unix seconds. */
  readonly start: number;
  /** The values of the groups, in their order; "" for none. */
  readonly groups: readonly string[];
}
export interface UsageRow extends GroupRow {
  readonly requests: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}
export interface CostRow extends GroupRow {
  /** Of the line item; 0 where costs are not by line item. */
  readonly tokens: number;
  readonly nanoUsd: number;
}

const Group = z.union([z.string(), z.boolean(), z.null()]).optional();
const groups = {
  project_id: Group,
  user_id: Group,
  api_key_id: Group,
  model: Group,
  batch: Group,
  line_item: Group,
};
const Usage = z.object({
  ...groups,
  num_model_requests: z.number(),
  input_tokens: z.number(),
  input_cached_tokens: z.number().default(0),
  output_tokens: z.number().default(0),
});
const Cost = z.object({
  ...groups,
  amount: z.object({ value: z.number() }),
  quantity: z.number().nullish(),
});

/** What requests used. @param kind of OpenAI's usage API */
export async function usageOf(
  client: AdminClient,
  kind: UsageKind,
  request: BucketsRequest,
): Promise<readonly UsageRow[]> {
  const found = await pagesOf(client, `/v1/organization/usage/${kind}`, request, Usage);
  return found.map(({ start, result }) => ({
    start,
    groups: valuesOf(request.groupBy, result),
    requests: result.num_model_requests,
    inputTokens: result.input_tokens,
    cachedTokens: result.input_cached_tokens,
    outputTokens: result.output_tokens,
  }));
}

/** What callers are charged. */
export async function costsOf(client: AdminClient, request: BucketsRequest): Promise<readonly CostRow[]> {
  const found = await pagesOf(client, "/v1/organization/costs", request, Cost);
  return found.map(({ start, result }) => ({
    start,
    groups: valuesOf(request.groupBy, result),
    tokens: result.quantity ?? 0,
    nanoUsd: Math.round(result.amount.value * 1e9),
  }));
}

async function pagesOf<T extends z.ZodType>(client: AdminClient, path: string, request: BucketsRequest, result: T) {
  const page = z.object({
    data: z.array(z.object({ start_time: z.number(), results: z.array(result) })),
    next_page: z.string().nullable(),
  });
  const { start, filter, limit = 31, groupBy = [] } = request;
  const parameters = [
    `start_time=${start}`,
    `limit=${limit}`,
    ...groupBy.map((name) => `group_by[]=${encodeURIComponent(name)}`),
  ];
  const query = [...parameters, ...(filter === undefined ? [] : [filter])].join("&");
  const rows: { readonly start: number; readonly result: z.infer<T> }[] = [];
  let next: string | null = null;
  do {
    const more: string = next === null ? "" : `&page=${encodeURIComponent(next)}`;
    const found: z.infer<typeof page> = await client.call({ method: "GET", path: `${path}?${query}${more}` }, page);
    for (const { start_time: at, results } of found.data)
      for (const one of results) rows.push({ start: at, result: one });
    next = found.next_page;
  } while (next !== null);
  return rows;
}

function valuesOf(groupBy: readonly string[] = [], result: Readonly<Record<string, unknown>>): readonly string[] {
  return groupBy.map((name) => String(result[name] ?? ""));
}
