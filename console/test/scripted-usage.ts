import type { Limits } from "../../contracts/control/limits.ts";

/** A request that the scripted ledger has. */
export interface ScriptedUse {
  /** In UTC, e.g. `2026-11-01`. */
  readonly day: string;
  /** Of the day, in UTC. @default 0 */
  readonly hour?: number;
  readonly model: string;
  readonly project: string;
  readonly key: string;
  readonly user: string | null;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Nano-dollars. */
  readonly inputNano: number;
  readonly outputNano: number;
  /** Requests that failed, and milliseconds of the others together: to their end, and to the first token of those that stream. */
  readonly failed: number;
  readonly durationMs: number;
  readonly streamed: number;
  readonly firstTokenMs: number;
  /** How many of them took how many milliseconds. @default - a release counted them that has no percentiles */
  readonly times?: readonly (readonly [ms: number, count: number])[];
}

/** Buckets of a page: fewer than the service's, so that a month has several pages. */
const PAGE_DAYS = 10;
const PAGE_HOURS = 20;
const DAY = 86_400;
const HOUR = 3600;
const GROUPS = ["project_id", "user_id", "api_key_id", "model", "line_item"] as const;

/** `/usage/completions`, `/usage/embeddings` and `/costs` over the uses, in the service's shapes. */
export function respondWithUsage(
  operation: "completions" | "embeddings" | "costs",
  uses: readonly ScriptedUse[],
  query: URLSearchParams,
) {
  const [width, size] = query.get("bucket_width") === "1h" ? [HOUR, PAGE_HOURS] : [DAY, PAGE_DAYS];
  const start = Math.floor(Number(query.get("start_time")) / width) * width;
  const end = Number(query.get("end_time") ?? Date.now() / 1000);
  const first = Number(query.get("page")?.replace("page_", "") ?? 0);
  const by = query.getAll("group_by[]");
  const data = [];
  for (let index = first; index < first + size && start + index * width < end; index += 1) {
    const time = start + index * width;
    const ofBucket = uses.filter((use) => Math.floor(timeOf(use) / width) * width === time && isWanted(use, query));
    const rows = operation === "embeddings" ? [] : ofBucket.flatMap((use) => resultsOf(operation, use, query));
    const results = rows.map((row) => ({
      ...row,
      ...Object.fromEntries(GROUPS.filter((g) => g in row && !by.includes(g)).map((g) => [g, null])),
    }));
    data.push({ object: "bucket", start_time: time, end_time: time + width, results });
  }
  const next = first + size;
  const hasMore = start + next * width < end;
  return { object: "page", data, has_more: hasMore, next_page: hasMore ? `page_${next}` : null };
}

function timeOf({ day, hour = 0 }: ScriptedUse): number {
  return Date.parse(day) / 1000 + hour * HOUR;
}

function isWanted({ project, key }: ScriptedUse, query: URLSearchParams): boolean {
  const projects = query.getAll("project_ids[]");
  const keys = query.getAll("api_key_ids[]");
  return (projects.length === 0 || projects.includes(project)) && (keys.length === 0 || keys.includes(key));
}

function resultsOf(
  operation: "completions" | "costs",
  use: ScriptedUse,
  query: URLSearchParams,
): Readonly<Record<string, unknown>>[] {
  const ids = { project_id: use.project, user_id: use.user, api_key_id: use.key };
  if (operation === "completions")
    return [
      {
        object: "organization.usage.completions.result",
        input_tokens: use.inputTokens,
        input_cached_tokens: 0,
        output_tokens: use.outputTokens,
        num_model_requests: use.requests,
        num_failed_requests: use.failed,
        num_timed_requests: use.requests - use.failed,
        duration_ms: use.durationMs,
        num_streamed_requests: use.streamed,
        first_token_ms: use.firstTokenMs,
        ...ids,
        model: use.model,
        batch: null,
        service_tier: null,
        ...(query.getAll("include[]").includes("latency") ? { latency: latencyOf(use) } : {}),
      },
    ];
  return (["input", "output"] as const).map((kind) => ({
    object: "organization.costs.result",
    amount: { value: (kind === "input" ? use.inputNano : use.outputNano) / 1e9, currency: "usd" },
    ...ids,
    line_item: `${use.model}, ${kind}_tokens`,
    quantity: kind === "input" ? use.inputTokens : use.outputTokens,
  }));
}

/** The percentiles are the page's own sums: those that the service sends can't be added. */
function latencyOf({ times = [] }: ScriptedUse) {
  const num_requests = times.reduce((sum, [, count]) => sum + count, 0);
  const duration = times.length === 0 ? null : { num_requests, p50_ms: 0, p95_ms: 0, p99_ms: 0, histogram: times };
  return { duration, first_token: null };
}

/** A request of the day, with these changes. */
export function scriptedUse(day: string, changes: Partial<ScriptedUse>): ScriptedUse {
  return {
    day,
    model: "phi-3-mini",
    project: "proj_1",
    key: "abcdefghijkl",
    user: "user-ada",
    requests: 1,
    inputTokens: 100,
    outputTokens: 10,
    inputNano: 1_234_567,
    outputNano: 7_654_321,
    failed: 0,
    durationMs: 1000,
    streamed: 0,
    firstTokenMs: 0,
    ...changes,
  };
}

/** A budget by the month. @param dollars whole ones @param used nano-dollars */
export function scriptedBudget(scope: Limits["scope"], id: string, dollars: number, used = 0): Limits {
  return {
    object: "organization.limits",
    id: `limits-${scope}-${id}`,
    scope,
    subject_id: id,
    limits: [{ metric: "nano_usd", window: "month", max: dollars * 1_000_000_000, used }],
    updated_at: 1_790_000_000,
  };
}
