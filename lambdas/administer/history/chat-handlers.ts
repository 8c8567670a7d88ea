import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlCall, type ControlHandler, change } from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";
import { refuseHeldGeneration } from "../erasure/legal-holds.ts";
import { chatList, needsContent } from "./chat-list.ts";
import { toChat } from "./chat-object.ts";
import { historyOf } from "./history-of.ts";

/** What is stored in clear needs the permission alone; content of others needs that its reading was opened, and is audited. */
export const listChats: ControlHandler<"listChats"> = async (call) => {
  const { query, records } = call;
  const project = records.project_id;
  const list = () => chatList(historyOf(call), project.id, query);
  if (!needsContent(query) || query.owner_id === call.caller.user.id) return { body: await list() };
  const reason = await openedFor(call);
  return change(call, auditEvent("history.read", { id: project.id, reason }, project), [], { body: await list() });
};

export const retrieveChat: ControlHandler<"retrieveChat"> = async (call) => {
  const { chat_id: chat, project_id: project } = call.records;
  const isOwn = chat.ownerId === call.caller.user.id;
  const reason = isOwn ? undefined : await openedFor(call);
  const content = await historyOf(call).content(chat);
  const body = toChat(chat, content ?? "erased");
  if (reason === undefined) return { body };
  return change(call, auditEvent("history.read", { id: chat.id, reason }, project), [], { body });
};

export const deleteChat: ControlHandler<"deleteChat"> = async (call) => {
  const { chat_id: chat, project_id: project } = call.records;
  await refuseHeldGeneration(historyOf(call), chat);
  const result = { body: { object: "project.chat.deleted" as const, id: chat.id, deleted: true } };
  // The event first: content that is gone without one would be worse than one that is deleted again.
  await change(call, auditEvent("history.deleted", { id: chat.id }, project), [], result);
  await historyOf(call).remove(chat);
  return result;
};

/** From then on, until its end, the caller may read the content of others' history in the project. */
export const createHistoryAccess: ControlHandler<"createHistoryAccess"> = async (call) => {
  const { caller, records, body, nowMs, store } = call;
  historyOf(call);
  const project = records.project_id;
  const ids = [project.id, caller.user.id];
  const before = await store.get(caller.organizationId, { kind: "historyAccess", ids });
  const record = {
    kind: "historyAccess",
    version: (before?.version ?? 0) + 1,
    projectId: project.id,
    userId: caller.user.id,
    reason: body.reason,
    expiresAt: unixSeconds(nowMs) + body.expires_in_seconds,
  } as const;
  const payload = { id: project.id, reason: record.reason, expires_at: record.expiresAt };
  const changes = before
    ? ({ action: "replace", record, version: before.version } as const)
    : ({ action: "create", record } as const);
  return change(call, auditEvent("history.access.granted", payload, project), [changes], {
    body: {
      object: "project.history_access",
      project_id: project.id,
      user_id: caller.user.id,
      reason: record.reason,
      expires_at: record.expiresAt,
    },
  });
};

type Reading = Pick<ControlCall<"listChats">, "caller" | "store" | "nowMs" | "records">;

/** @returns the reason for which the caller has opened the project's content @throws {ControlError} where it has not */
async function openedFor({ caller, store, nowMs, records }: Reading): Promise<string> {
  const projectId = records.project_id.id;
  const ids = [projectId, caller.user.id];
  const access = await store.get(caller.organizationId, { kind: "historyAccess", ids });
  if (access !== undefined && access.expiresAt > unixSeconds(nowMs)) return access.reason;
  throw new ControlError(
    "permission_denied",
    `Content of others' history is closed. Open it with a reason and an end: POST /v1/organization/projects/${projectId}/history_access {"reason": "…", "expires_in_seconds": 900}; the organisation's audit log shows it.`,
    { rule: "history-not-opened" },
  );
}
