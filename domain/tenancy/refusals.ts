import { hash } from "node:crypto";
import { withoutKeys } from "../../contracts/api/errors.ts";
import type { AuditEvent } from "../../contracts/control/audit-events.ts";
import type { AuditPayloads } from "../../contracts/control/audit-payloads.ts";
import { createAuditEvent } from "./audit-event.ts";
import { type Change, ID_MARK } from "./changes.ts";
import type { ControlItemKey } from "./control-items.ts";
import { newId } from "./ids.ts";
import { unixSeconds } from "./unix-seconds.ts";

/** Refusals of one principal, or of one range of addresses, in a minute that have an event each. Later ones share one. */
export const MAX_REFUSAL_EVENTS_PER_MINUTE = 10;
/** Ranges in which addresses of unknown principals are counted, so that many addresses make no more events than these. */
const ADDRESS_RANGES = 64;
/** Partitions of the counts, apart from those of organisations: a flood of refusals takes no capacity from changes. */
const PARTITIONS = 4;
/** Longest texts of a caller that an event has. */
const MAX_TEXT = 300;
const MINUTE_MS = 60_000;

export type RefusalType = "login.failed" | "access.denied";
type Payload = AuditPayloads[RefusalType];

/** A request that was refused. */
export interface Refusal {
  /** `login.failed`: for the credential; `access.denied`: for what the principal may do or see. */
  readonly type: RefusalType;
  readonly organizationId: string;
  readonly actor: AuditEvent["actor"];
  /** What refusals are counted by: the id of a principal, or the address of an unknown one. */
  readonly countedBy: { readonly principal: string } | { readonly address: string | undefined };
  /** @default - it was not about one project */
  readonly project?: { readonly id: string; readonly name: string } | undefined;
  readonly payload: Omit<Payload, "count">;
}

/** Who sends a credential that is not valid. */
export const UNKNOWN_ACTOR: AuditEvent["actor"] = {
  type: "session",
  session: { user: { id: "unknown", email: "unknown" } },
};

/** Stores the event of one refusal. */
export function refusalEvent({ type, actor, project, payload }: Refusal, nowMs: number): Change & { action: "create" } {
  const { id, error_message, operation, rule } = payload;
  const bounded = {
    ...payload,
    id: callersText(id),
    error_message: callersText(error_message),
    operation: callersText(operation),
    rule: callersText(rule),
    count: 1,
  };
  return createAuditEvent(type, bounded, { actor, project, nowMs });
}

/** A text with parts of the request, in which a client may have written a key where an id belongs. */
function callersText(text: string): string {
  return boundedText(withoutKeys(text));
}

/**
 * Stores one event for the refusals of a minute after the first ones.
 * @param first event of the first of them
 * @param lastMs when the last one was, in milliseconds since 1970
 */
export function repeatedRefusals(first: AuditEvent, count: number, lastMs: number): Change {
  const { type } = first;
  const payload = first[type];
  const event = {
    ...first,
    id: newId("event", lastMs), // lists take the order of ids for that of times
    effective_at: unixSeconds(lastMs),
    [type]: { ...payload, count },
  };
  return { action: "create", record: { kind: "event", version: 1, event } };
}

/** Partition keys of the counts. No organisation has these ids. */
export const REFUSAL_PARTITIONS: readonly string[] = Array.from({ length: PARTITIONS }, (_, index) => partition(index));

/** Key of the count of refusals in a minute, by which the first ones get an event each. */
export function refusalCountKey(refusal: Refusal, nowMs: number): ControlItemKey {
  return itemKeyOf("count", refusal, nowMs);
}

const REPEATED = "repeated";

/** Key of what is stored of the refusals after the first ones, until the minute is over. */
export function repeatedRefusalsKey(refusal: Refusal, nowMs: number): ControlItemKey {
  return itemKeyOf(REPEATED, refusal, nowMs);
}

/** Sort keys of the repeated refusals of all minutes that are over: from the first, up to but without the last. */
export function repeatedRefusalsBefore(nowMs: number): { readonly from: string; readonly to: string } {
  // A minute later, as another process's clock may be behind.
  const minute = minuteOf(nowMs) - 1;
  return { from: `${REPEATED}${ID_MARK}`, to: `${REPEATED}${ID_MARK}${minute}` };
}

function itemKeyOf(prefix: string, { organizationId, countedBy }: Refusal, nowMs: number): ControlItemKey {
  const who =
    "principal" in countedBy
      ? countedBy.principal
      : `address-range-${numberOf(countedBy.address ?? "unknown", ADDRESS_RANGES)}`;
  return {
    organizationId: partition(numberOf(`${organizationId} ${who}`, PARTITIONS)),
    recordId: [prefix, minuteOf(nowMs), organizationId, who].join(ID_MARK),
  };
}

function partition(index: number): string {
  return `*refusals-${index}`;
}

/** The same number for the same text, from 0, less than `count`. */
function numberOf(text: string, count: number): number {
  return Number.parseInt(hash("sha256", text).slice(0, 8), 16) % count;
}

function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

/** A text of a caller as an event has it: well-formed, as the audit trail is canonical JSON. */
export function boundedText(text: string): string {
  return text.slice(0, MAX_TEXT).toWellFormed();
}
