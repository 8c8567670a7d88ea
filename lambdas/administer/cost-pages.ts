import type * as z from "zod";
import { CostsPage } from "../../contracts/control/usage.ts";
import { administer, type ControlRequest, type ControlResponse, type ControlTools } from "./administer.ts";

type Query = Readonly<Record<string, readonly string[]>>;

/**
 * All buckets of `listCosts`, read with the caller's permissions.
 * @returns the response to a page that failed, instead of buckets
 */
export async function costPages(
  request: ControlRequest,
  query: Query,
  tools: ControlTools,
): Promise<{ readonly buckets: z.infer<typeof CostsPage>["data"] } | { readonly refusal: ControlResponse }> {
  const buckets: z.infer<typeof CostsPage>["data"] = [];
  let page: string | undefined;
  do {
    const paged = { limit: ["180"], ...query, ...(page === undefined ? {} : { page: [page] }) };
    const response = await administer({ ...request, path: "/v1/organization/costs", query: paged }, tools);
    if (response.status !== 200) return { refusal: response };
    const { data, next_page: next } = CostsPage.parse(response.body);
    buckets.push(...data);
    page = next ?? undefined;
  } while (page !== undefined);
  return { buckets };
}
