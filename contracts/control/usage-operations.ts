import { type ControlOperation, get } from "./operation.ts";
import * as usage from "./usage.ts";

const USAGE = "/v1/organization/usage";
const read = { ...get, scope: "usage.read" } as const;

/** What requests used and what they cost, summed in buckets of time. */
export const USAGE_OPERATIONS = {
  listCompletionsUsage: {
    ...read,
    path: `${USAGE}/completions`,
    query: usage.CompletionsUsageQuery,
    response: usage.CompletionsUsagePage,
  },
  listEmbeddingsUsage: {
    ...read,
    path: `${USAGE}/embeddings`,
    query: usage.EmbeddingsUsageQuery,
    response: usage.EmbeddingsUsagePage,
  },
  listCosts: { ...read, path: "/v1/organization/costs", query: usage.CostsQuery, response: usage.CostsPage },
} as const satisfies Readonly<Record<string, ControlOperation>>;
