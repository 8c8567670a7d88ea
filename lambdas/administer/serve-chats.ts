import { ERRORS } from "../../contracts/api/errors.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import type { ControlScope } from "../../contracts/control/scopes.ts";
import { CHATS_ALIAS, ListChatsQuery } from "../../contracts/history/chats.ts";
import type { StoredGeneration } from "../../contracts/history/stored-generation.ts";
import { actorOf, createAuditEvent } from "../../domain/tenancy/audit-event.ts";
import { requireUnchanged } from "../../domain/tenancy/changes.ts";
import { isRecord } from "../../lib/is-record.ts";
import { administer, type ControlRequest, type ControlResponse, type ControlTools, failure } from "./administer.ts";
import { bytesInRange } from "./byte-range.ts";
import { untilMade } from "./call/attempts.ts";
import { checked } from "./call/checked-input.ts";
import { ControlError, denied, LostRaceError, notFound } from "./call/control-error.ts";
import { refuseHeldGeneration } from "./erasure/legal-holds.ts";
import { ExportQuery, exported } from "./export-chats.ts";
import { chatList } from "./history/chat-list.ts";
import { toChat } from "./history/chat-object.ts";
import { historyOf } from "./history/history-of.ts";
import { projectOfKey } from "./keys/project-of-key.ts";
import { queryObject, single } from "./query/query-object.ts";
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
  const [projectOf, keyOf] = [single("project", project), single("key", key)];
  single("user", user);
  const query = {
    ...rest,
    ...(key === undefined ? {} : { api_key_id: key }),
    ...(user === undefined ? {} : { owner_id: user }),
  };
  const ofProject = (id: string) =>
    administer({ ...request, path: `${PROJECTS}/${encodeURIComponent(id)}/chats`, query }, tools);
  if (projectOf !== undefined) return ofProject(projectOf);
  if (keyOf !== undefined) return listedOfKey(keyOf, request, ofProject, tools);
  const own = checked(ListChatsQuery, queryObject(query, ListChatsQuery)) as ListChatsQuery;
  return asUser({ operation: "listOwnChats", parameters: {}, request }, tools, async ({ id }) => {
    requireKeyScope(request, "history.read");
    return { status: 200, headers: {}, body: await chatList(historyOf(tools), id, own) };
  });
}

/** Whether the key's project is another organisation's or hidden, and which it is, shows no more than for a key that does not exist. */
async function listedOfKey(
  key: string,
  request: ControlRequest,
  ofProject: (id: string) => Promise<ControlResponse>,
  tools: ControlTools,
): Promise<ControlResponse> {
  historyOf(tools);
  const projectId = await projectOfKey(key, tools.store);
  if (projectId === undefined) return absent(request, { operation: "listChats", noun: "API key", id: key }, tools);
  const response = await ofProject(projectId);
  return response.status === 404 ? asAbsent(response, "API key", key) : response;
}

async function exportOf(request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  only(["GET"], request);
  const { format, ...query } = request.query;
  const wanted = checked(ExportQuery, { format: single("format", format) }) as ExportQuery;
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
  if (chat?.projectId === undefined) return absent(request, { operation: "retrieveChat", noun: "chat", id }, tools);
  const path = `${PROJECTS}/${chat.projectId}/chats/${chat.id}`;
  const response = await administer({ ...request, path, query: {} }, tools);
  if (response.status === 404) return asAbsent(response, "chat", id);
  return isEvents && response.status === 200 ? eventsOf(request, chat, history) : response;
}

interface Absent {
  readonly operation: string;
  readonly noun: "chat" | "API key";
  readonly id: string;
}

/** A chat or a key that does not exist, recorded as any id that names nothing. */
function absent(
  request: ControlRequest,
  { operation, noun, id }: Absent,
  tools: ControlTools,
): Promise<ControlResponse> {
  return asUser({ operation, parameters: { id }, request }, tools, async () => {
    throw notFound(noun, id);
  });
}

/** The same of a project that the caller may not see, whose id it does not know. It is recorded already. */
function asAbsent({ body }: ControlResponse, noun: Absent["noun"], id: string): ControlResponse {
  const error = isRecord(body) && isRecord(body.error) ? body.error : {};
  const decisionId = typeof error.decision_id === "string" ? error.decision_id : undefined;
  const { code, message } = notFound(noun, id);
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
    requireKeyScope(request, request.method === "DELETE" ? "history.write" : "history.read");
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

/** Nobody needs a permission for their own history, but a key with scopes is for nothing else than these. @throws {ControlError} */
function requireKeyScope({ caller }: ControlRequest, scope: ControlScope): void {
  if (caller.scopes !== undefined && !caller.scopes.has(scope)) throw denied(`key-scope:${scope}`);
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
