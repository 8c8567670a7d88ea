import { ERRORS } from "../../contracts/api/errors.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import { CHATS_ALIAS, ListChatsQuery } from "../../contracts/history/chats.ts";
import type { StoredGeneration } from "../../contracts/history/stored-generation.ts";
import { actorOf, createAuditEvent } from "../../domain/tenancy/audit-event.ts";
import { requireUnchanged } from "../../domain/tenancy/changes.ts";
import { isRecord } from "../../lib/is-record.ts";
import {
  administer,
  type ControlRequest,
  type ControlResponse,
  type ControlTools,
  failure,
  queryObject,
} from "./administer.ts";
import { bytesInRange } from "./byte-range.ts";
import { untilMade } from "./call/attempts.ts";
import { checked } from "./call/checked-input.ts";
import { ControlError, LostRaceError, notFound } from "./call/control-error.ts";
import { refuseHeldGeneration } from "./erasure/legal-holds.ts";
import { ExportQuery, exported } from "./export-chats.ts";
import { chatList } from "./history/chat-list.ts";
import { toChat } from "./history/chat-object.ts";
import { historyOf } from "./history/history-of.ts";
import { asUser } from "./recorded-refusal.ts";
import type { HistorySource } from "./store/history-source.ts";

const PROJECTS = "/v1/organization/projects";
/** A page of an export is a page of the list with its content. */
const EXPORT_LIMIT = "100";

/**
 * Responds to the short paths of the history. With a project or a key they stand for the operations of its project; without
 * one, for the history of the caller's own keys, for which nobody needs a permission.
 */
export async function serveChats(request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  const [id, view, ...more] = request.path.slice(CHATS_ALIAS.length).split("/").filter(Boolean).map(decoded);
  try {
    if (more.length > 0 || (view !== undefined && view !== "events")) throw unknownPath();
    if (id === undefined) return await listed(request, tools);
    if (id === "export" && view === undefined) return await exportOf(request, tools);
    return await one(request, id, view === "events", tools);
  } catch (error) {
    if (error instanceof ControlError) return failure(error);
    throw error;
  }
}

async function listed(request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  only(["GET"], request);
  const { project, key, user, ...rest } = request.query;
  const query = {
    ...rest,
    ...(key === undefined ? {} : { api_key_id: key }),
    ...(user === undefined ? {} : { owner_id: user }),
  };
  const projectId = project?.at(-1) ?? (await projectOfKey(key?.at(-1), tools));
  if (projectId !== undefined)
    return administer({ ...request, path: `${PROJECTS}/${encodeURIComponent(projectId)}/chats`, query }, tools);
  const own = checked(ListChatsQuery, queryObject(query, ListChatsQuery)) as ListChatsQuery;
  return asUser({ operation: "listOwnChats", parameters: {}, request }, tools, async ({ id }) => ({
    status: 200,
    headers: {},
    body: await chatList(historyOf(tools), id, own),
  }));
}

async function exportOf(request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  only(["GET"], request);
  const { format, ...query } = request.query;
  const wanted = checked(ExportQuery, { format: format?.at(-1) }) as ExportQuery;
  const page = { ...query, limit: query.limit ?? [EXPORT_LIMIT], "include[]": ["content"] };
  const response = await listed({ ...request, query: page }, tools);
  return response.status === 200 ? exported(response, wanted.format, query.after === undefined) : response;
}

async function one(
  request: ControlRequest,
  id: string,
  isEvents: boolean,
  tools: ControlTools,
): Promise<ControlResponse> {
  only(isEvents ? ["GET"] : ["GET", "DELETE"], request);
  const history = historyOf(tools);
  const chat = await history.find(id);
  if (chat?.ownerId === request.caller.userId) return ofOwn(request, chat, isEvents, tools);
  if (chat?.projectId === undefined) return absent(request, id, tools);
  const path = `${PROJECTS}/${chat.projectId}/chats/${chat.id}`;
  const response = await administer({ ...request, path, query: {} }, tools);
  if (response.status === 404) return asAbsent(response, id);
  return isEvents && response.status === 200 ? eventsOf(request, chat, history) : response;
}

/** A chat that does not exist, recorded as any id that names nothing. */
function absent(request: ControlRequest, id: string, tools: ControlTools): Promise<ControlResponse> {
  return asUser({ operation: "retrieveChat", parameters: { chat_id: id }, request }, tools, async () => {
    throw notFound("chat", id);
  });
}

/** The same of a project that the caller may not see, whose id it does not know. It is recorded already. */
function asAbsent({ body }: ControlResponse, id: string): ControlResponse {
  const error = isRecord(body) && isRecord(body.error) ? body.error : {};
  const decisionId = typeof error.decision_id === "string" ? error.decision_id : undefined;
  const { code, message } = notFound("chat", id);
  return failure(new ControlError(code, message, { decisionId }));
}

async function ofOwn(
  request: ControlRequest,
  chat: StoredGeneration,
  isEvents: boolean,
  tools: ControlTools,
): Promise<ControlResponse> {
  const operation = request.method === "DELETE" ? "deleteOwnChat" : "retrieveOwnChat";
  return asUser({ operation, parameters: {}, request }, tools, async (user) => {
    const history = historyOf(tools);
    if (isEvents) return eventsOf(request, chat, history);
    if (request.method === "GET")
      return { status: 200, headers: {}, body: toChat(chat, (await history.content(chat)) ?? "erased") };
    await refuseHeldGeneration(history, chat);
    await untilMade(() => recordDeletion(request, chat, user, tools));
    await history.remove(chat);
    return { status: 200, headers: {}, body: { object: "project.chat.deleted", id: chat.id, deleted: true } };
  });
}

async function recordDeletion(
  { caller }: ControlRequest,
  { id, projectId }: StoredGeneration,
  user: RecordOf<"user">,
  { store, now }: ControlTools,
): Promise<void> {
  const { organizationId } = caller;
  const project =
    projectId === undefined ? undefined : await store.get(organizationId, { kind: "project", ids: [projectId] });
  const event = createAuditEvent("history.deleted", { id }, { actor: actorOf(caller, user), project, nowMs: now() });
  if (!(await store.write(organizationId, [requireUnchanged(user), event]))) throw new LostRaceError();
}

/** The response's body as it was sent, or a range of it. @throws {ControlError} where it was erased */
async function eventsOf(
  { range }: ControlRequest,
  chat: StoredGeneration,
  history: HistorySource,
): Promise<ControlResponse> {
  const content = await history.content(chat);
  if (content === undefined)
    throw new ControlError("not_found", `The content of the chat '${chat.id}' was erased.`, { rule: "erased" });
  return bytesInRange(content.response, content.contentType, range);
}

async function projectOfKey(key: string | undefined, { store }: ControlTools): Promise<string | undefined> {
  if (key === undefined) return undefined;
  const found = key.startsWith("key_") ? await store.keyProject(key.slice("key_".length)) : undefined;
  if (found?.projectId === undefined) throw notFound("API key", key);
  return found.projectId;
}

function only(methods: readonly string[], { method }: ControlRequest): void {
  if (!methods.includes(method))
    throw new ControlError("method_not_allowed", ERRORS.method_not_allowed.message, { allow: methods.join(", ") });
}

function unknownPath(): ControlError {
  return new ControlError("not_found", ERRORS.not_found.message);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
