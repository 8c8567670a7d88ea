import { USAGE_STORED_SECONDS, USAGE_WIDTHS, type UsageWidth } from "../../../contracts/usage/usage-counter.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { bucketStart } from "../../../domain/usage/usage-keys.ts";
import { ControlError } from "../call/control-error.ts";
import type { ControlStore } from "../store/control-store.ts";
import type { UsageSource } from "../store/usage-source.ts";
import type { UsageDimension } from "./buckets-query.ts";
import { cursorStart, usageCursor } from "./page-cursor.ts";
import { type UsageBucket, type UsageBuckets, usageBuckets } from "./usage-buckets.ts";

const KEY_PREFIX = "key_";
const READ_AT_ONCE = 1000;

/** What a request for usage or costs says, in the names of the stored sums. */
export interface RequestedUsage {
  readonly width: UsageWidth;
  readonly startTime: number;
  /** @default - now */
  readonly endTime: number | undefined;
  readonly page: string | undefined;
  readonly limit: number;
  readonly groupBy: readonly UsageDimension[];
  /** Whether results have histograms of latencies. @default false */
  readonly hasLatency?: boolean;
  /** How many results a page has for each group. @default 1 */
  readonly resultsPerGroup?: number;
  readonly filters: Readonly<Partial<Record<UsageDimension, readonly string[] | undefined>>>;
  /** Names of the line items of costs that are shown. @default - all */
  readonly lineItems?: readonly string[] | undefined;
  /** Id of the user whose requests alone count, whatever the filters say. @default - those of all */
  readonly ownUserId: string | undefined;
  /** Whether costs of pools count where there was no request. @default false */
  readonly withCost?: boolean;
}

export interface UsageTools {
  readonly caller: { readonly organizationId: string };
  readonly store: ControlStore;
  /** @default - the environment stores no usage */
  readonly usage: UsageSource | undefined;
  /** Id of the operator's organisation, whose usage is that of all keys. */
  readonly organization: string;
  readonly nowMs: number;
}

export interface UsagePage {
  readonly buckets: readonly UsageBucket[];
  /** Cursor of the next page. @default - this was the last page */
  readonly next: string | undefined;
}

/** Reads the page of buckets that a request asks for. @throws {ControlError} */
export async function requestedUsage(tools: UsageTools, requested: RequestedUsage): Promise<UsagePage> {
  const { width, startTime, limit, groupBy, hasLatency = false, resultsPerGroup = 1, withCost = false } = requested;
  const now = unixSeconds(tools.nowMs);
  const first = bucketStart(width, startTime);
  const end = requested.endTime ?? now + 1;
  const start = requested.page === undefined ? first : cursorStart(requested.page, requested);
  requireStored(width, first, now);
  const filters = await filtersOf(tools, requested);
  const source = sourceOf(tools);
  const shown = { hasLatency, resultsPerGroup, withCost };
  const found = await usageBuckets(source, { width, start, end, limit, groupBy, filters, ...shown });
  const next = await nextPage(source, found, now);
  return { buckets: found.buckets, next: next === undefined ? undefined : usageCursor(next, requested) };
}

/** After a page without usage the next one begins with the first usage that there is, and there is none after now. */
async function nextPage(
  source: UsageSource,
  { buckets, next }: UsageBuckets,
  now: number,
): Promise<UsageBuckets["next"]> {
  if (next === undefined || buckets.some(({ groups }) => groups.length > 0)) return next;
  if (next > now) return undefined;
  const first = await source.firstDay(now + 1);
  return first === undefined ? undefined : Math.max(next, first);
}

/** A page in the published shape. */
export function usagePage<T>({ buckets, next }: UsagePage, resultsOf: (bucket: UsageBucket) => readonly T[]) {
  return {
    object: "page" as const,
    data: buckets.map((bucket) => ({
      object: "bucket" as const,
      start_time: bucket.start,
      end_time: bucket.end,
      results: [...resultsOf(bucket)],
    })),
    has_more: next !== undefined,
    next_page: next ?? null,
  };
}

/** The id of a key in this API. */
export function apiKeyId(keyId: string | undefined): string | null {
  return keyId ? `${KEY_PREFIX}${keyId}` : null;
}

/** A value by which results are grouped; null where they are not, and where requests have none. */
export function groupValue(value: string | undefined): string | null {
  return value === undefined || value === "" ? null : value;
}

/** Ids of keys in this API as the stored sums have them. What is no id matches nothing. */
export function keyIdsOf(apiKeyIds: readonly string[] | undefined): readonly string[] | undefined {
  return apiKeyIds?.map((id) => (id.startsWith(KEY_PREFIX) ? id.slice(KEY_PREFIX.length) : id));
}

export function sourceOf({ usage }: Pick<UsageTools, "usage">): UsageSource {
  if (usage !== undefined) return usage;
  throw new ControlError(
    "not_found",
    "This environment stores no usage: `usage` is null in its environment file, which the operator can change.",
    { rule: "no-usage" },
  );
}

/** @throws {ControlError} where the sums of so narrow buckets are deleted already: they would look as if there was no use */
function requireStored(width: UsageWidth, start: number, now: number): void {
  const stored = USAGE_STORED_SECONDS[width];
  if (stored === undefined) return;
  const earliest = bucketStart(width, now - stored + USAGE_WIDTHS[width]);
  if (start >= earliest) return;
  throw new ControlError(
    "invalid_request",
    `\`start_time\` must be at least ${earliest}, as buckets of ${width} are stored for ${stored / 86_400} days, got a bucket that begins at ${start}; send a wider bucket_width.`,
    { param: "start_time" },
  );
}

/** The operator's organisation has the usage of all keys; any other that of its projects. */
async function filtersOf(
  { caller, store, organization }: UsageTools,
  { filters: requested, ownUserId }: RequestedUsage,
): Promise<Readonly<Partial<Record<UsageDimension, readonly string[]>>>> {
  const filters =
    ownUserId === undefined
      ? requested
      : { ...requested, userId: requested.userId?.filter((id) => id === ownUserId) ?? [ownUserId] };
  const wanted = Object.fromEntries(Object.entries(filters).filter(([, values]) => values !== undefined));
  if (caller.organizationId === organization) return wanted;
  const own = await projectIds(store, caller.organizationId);
  return { ...wanted, projectId: filters.projectId?.filter((id) => own.has(id)) ?? [...own] };
}

async function projectIds(store: ControlStore, organizationId: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let after: string | undefined;
  for (let hasMore = true; hasMore; ) {
    const range = { kind: "project", limit: READ_AT_ONCE, ...(after === undefined ? {} : { after }) } as const;
    const page = await store.list(organizationId, range);
    for (const { id } of page.records) ids.add(id);
    after = page.records.at(-1)?.id;
    hasMore = page.hasMore;
  }
  return ids;
}
