import type * as z from "zod";
import type {
  AuditEventPage,
  AuditSeal,
  ListAuditEventsQuery,
  StoredAuditEvent,
} from "../../../contracts/control/audit-events.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { type ControlHandler, page } from "../call/control-call.ts";
import { wantedEvents } from "../call/wanted-records.ts";

export const listAuditLogs: ControlHandler<"listAuditLogs"> = async ({ caller, query, store }) => {
  const { limit, after } = query;
  const range = { kind: "event", limit, isNewestFirst: true, ...(after === undefined ? {} : { after }) } as const;
  const { records: found, stoppedAt } = await wantedEvents(store, caller.organizationId, range, {
    isWanted: ({ event }) => isWanted(event, query),
    isPast: ({ event }) => isBefore(event, query),
  });
  const listed = found.slice(0, limit);
  const [newest, oldest] = [listed[0]?.event.id, listed.at(-1)?.event.id];
  const waiting =
    newest === undefined || oldest === undefined
      ? new Set<string>()
      : await store.waitingEvents(caller.organizationId, oldest, newest);
  const events = listed.map(({ event, hasMark = false }) => ({ ...event, seal: sealOf(event.id, hasMark, waiting) }));
  // Events of a newer release are listed in its form, as of any API that grows.
  const listedPage = page(events, found.length > limit || stoppedAt !== undefined);
  return {
    body: { ...listedPage, ...(stoppedAt === undefined ? {} : { last_id: stoppedAt }) } as z.infer<
      typeof AuditEventPage
    >,
  };
};

function sealOf(id: string, hasMark: boolean, waiting: ReadonlySet<string>): z.infer<typeof AuditSeal> {
  if (!hasMark) return "none";
  return waiting.has(id) ? "waiting" : "sealed";
}

/** Whether an event is of before the time that is wanted. Events have the order of their times. */
function isBefore({ effective_at: at }: StoredAuditEvent, query: ListAuditEventsQuery): boolean {
  return at < (query["effective_at[gte]"] ?? 0) || at <= (query["effective_at[gt]"] ?? -1);
}

function isWanted(event: StoredAuditEvent, query: ListAuditEventsQuery): boolean {
  const { id: actorId, email } = actorOf(event);
  const at = event.effective_at;
  return (
    isIn(query["event_types[]"], event.type) &&
    isIn(query["project_ids[]"], event.project?.id) &&
    isIn(query["actor_ids[]"], actorId) &&
    isIn(query["actor_emails[]"], email) &&
    isIn(query["resource_ids[]"], fieldsOf(event[event.type]).id) &&
    !isBefore(event, query) &&
    at < (query["effective_at[lt]"] ?? Number.POSITIVE_INFINITY) &&
    at <= (query["effective_at[lte]"] ?? Number.POSITIVE_INFINITY)
  );
}

/** The user that every kind of actor has so far. */
function actorOf(event: StoredAuditEvent): Readonly<Record<string, unknown>> {
  const actor = fieldsOf(event.actor);
  return fieldsOf(fieldsOf(actor[String(actor.type)]).user);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isIn(wanted: readonly string[] | undefined, value: unknown): boolean {
  return wanted === undefined || (typeof value === "string" && wanted.includes(value));
}
