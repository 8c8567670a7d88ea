import type { ControlRecord } from "../../contracts/control/records.ts";
import { ID_MARK } from "./changes.ts";

/**
 * Marks of work that a request has begun and that goes on without one are in one partition of the control table, so that the
 * scheduled run finds those of all organisations without a scan. No organisation has this id.
 */
export const PENDING_PARTITION = "*pending";

/** Kinds of records whose work goes on by itself. */
export const PENDING_KINDS = ["erasure", "legalHolds", "retention"] as const;
export type PendingKind = (typeof PENDING_KINDS)[number];

/** A record whose work is not done. */
export interface PendingWork {
  readonly kind: PendingKind;
  readonly organizationId: string;
  /** Of the record. */
  readonly id: string;
}

/** The key of the mark that a record has until its work is done. */
export function pendingKey({ kind, organizationId, id }: PendingWork) {
  return { organizationId: PENDING_PARTITION, recordId: [kind, organizationId, id].join(ID_MARK) };
}

/** What the sort key of a mark says. @returns undefined for one of a newer release */
export function pendingWork(recordId: string): PendingWork | undefined {
  const [name, organizationId, id] = recordId.split(ID_MARK);
  const kind = PENDING_KINDS.find((one) => one === name);
  return kind === undefined || organizationId === undefined || id === undefined
    ? undefined
    : { kind, organizationId, id };
}

/** Whether a record's work goes on; undefined for records that have none. */
export function isPending(record: ControlRecord): boolean | undefined {
  if (record.kind === "retention") return record.appliedAt === undefined;
  if (record.kind === "legalHolds")
    return record.holds.some(({ heldAt, releasedAt }) => heldAt === undefined || releasedAt !== undefined);
  return record.kind === "erasure" ? record.completedAt === undefined : undefined;
}
