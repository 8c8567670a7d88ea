import type * as z from "zod";
import type { RecordKind, RecordOf } from "../../../contracts/control/records.ts";
import type { SCIM_OPERATIONS, ScimOperationId } from "../../../contracts/scim/operations.ts";
import type { ScimListQuery } from "../../../contracts/scim/resources.ts";
import { SCIM } from "../../../contracts/scim/schemas.ts";
import type { Caller } from "../call/control-call.ts";
import type { ControlStore } from "../store/control-store.ts";

/** One permitted call of provisioning. */
export interface ScimCall<Id extends ScimOperationId> {
  readonly caller: Caller;
  /** The path's; "" where the path has none. */
  readonly id: string;
  readonly query: z.infer<(typeof SCIM_OPERATIONS)[Id]["query"]>;
  readonly body: z.infer<(typeof SCIM_OPERATIONS)[Id]["body"]>;
  readonly store: ControlStore;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Provisioning has its own way to find a resource again: requests have no `Idempotency-Key`. */
  readonly repeatable: undefined;
}

export interface ScimResponse {
  readonly status: 200 | 201 | 204;
  /** A resource or a list. @default - none */
  readonly body?: unknown;
}

export type ScimHandler<Id extends ScimOperationId> = (call: ScimCall<Id>) => Promise<ScimResponse>;

/** RFC 7644 leaves the longest page to the server. */
const MAX_PAGE = 100;
/** Records that one query of the table reads. */
const READ_AT_ONCE = 500;

/** One page of resources. `startIndex` below 1 is 1, and `count` below 0 is 0, by RFC 7644. */
export function listResponse<T>(
  all: readonly T[],
  { startIndex, count }: ScimListQuery,
  toResource: (one: T) => object,
): ScimResponse {
  const start = Math.max(1, startIndex);
  const page = all.slice(start - 1, start - 1 + Math.min(Math.max(0, count), MAX_PAGE));
  return {
    status: 200,
    body: {
      schemas: [SCIM.list],
      totalResults: all.length,
      startIndex: start,
      itemsPerPage: page.length,
      Resources: page.map(toResource),
    },
  };
}

/** All records of a list, in the order of their ids. @param most beyond so many no more are read. @default - all are */
export async function allRecords<K extends RecordKind>(
  store: ControlStore,
  organizationId: string,
  kind: K,
  lastIdOf: (record: RecordOf<K>) => string,
  within: readonly string[] = [],
  most = Number.POSITIVE_INFINITY,
): Promise<readonly RecordOf<K>[]> {
  const all: RecordOf<K>[] = [];
  for (let after: string | undefined; ; ) {
    const range = { kind, within, limit: READ_AT_ONCE, ...(after === undefined ? {} : { after }) };
    const { records, hasMore } = await store.list(organizationId, range);
    all.push(...records);
    const last = records.at(-1);
    if (!hasMore || last === undefined || all.length > most) return all;
    after = lastIdOf(last);
  }
}

/** When a record was made and changed, in ISO 8601. @param times seconds since 1970 */
export function metaOf(resourceType: "User" | "Group", id: string, created: number, modified: number) {
  return {
    resourceType,
    created: new Date(created * 1000).toISOString(),
    lastModified: new Date(modified * 1000).toISOString(),
    location: `/scim/v2/${resourceType}s/${encodeURIComponent(id)}`,
  };
}
