import type { AuditEvent, ListAuditEventsQuery } from "../../../contracts/control/audit-events.ts";
import { type ControlHandler, page } from "../call/control-call.ts";

export const listAuditLogs: ControlHandler<"listAuditLogs"> = async ({ caller, query, store }) => {
  const { limit } = query;
  const found: AuditEvent[] = [];
  let after = query.after;
  let hasMore = true;
  while (hasMore && found.length <= limit) {
    const next = await store.list(caller.organizationId, {
      kind: "event",
      limit: limit + 1,
      isNewestFirst: true,
      ...(after === undefined ? {} : { after }),
    });
    found.push(...next.records.map(({ event }) => event).filter((event) => isWanted(event, query)));
    after = next.records.at(-1)?.event.id;
    hasMore = next.hasMore;
  }
  return { body: page(found.slice(0, limit), found.length > limit) };
};

function isWanted(event: AuditEvent, query: ListAuditEventsQuery): boolean {
  const { actor } = event;
  const { id: actorId, email } = actor.type === "session" ? actor.session.user : actor.api_key.user;
  const at = event.effective_at;
  return (
    isIn(query["event_types[]"], event.type) &&
    isIn(query["project_ids[]"], event.project?.id) &&
    isIn(query["actor_ids[]"], actorId) &&
    isIn(query["actor_emails[]"], email) &&
    isIn(query["resource_ids[]"], event[event.type]?.id) &&
    at > (query["effective_at[gt]"] ?? -1) &&
    at >= (query["effective_at[gte]"] ?? 0) &&
    at < (query["effective_at[lt]"] ?? Number.POSITIVE_INFINITY) &&
    at <= (query["effective_at[lte]"] ?? Number.POSITIVE_INFINITY)
  );
}

function isIn(wanted: readonly string[] | undefined, value: string | undefined): boolean {
  return wanted === undefined || (value !== undefined && wanted.includes(value));
}
