import type { AccessDecision } from "../../../contracts/access/access-decision.ts";
import { CONTROL_OPERATIONS } from "../../../contracts/control/operations/operations.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { ControlScope } from "../../../contracts/control/scopes.ts";
import {
  type Access,
  OPERATION_ACCESS,
  type PublishedOperationId,
  scopeOf,
} from "../../../contracts/openapi/operation-access.ts";
import type { ApiKeyItem } from "../../../contracts/processes/auth.ts";
import { endingIds, withEndings } from "../../../domain/keys/ended-access.ts";
import { decideKeyUse } from "../../../domain/keys/key-decision.ts";
import { unrestrictedKey } from "../../../domain/keys/key-without-hash.ts";
import { type ControlCall, requireScopes } from "../call/control-call.ts";
import { notFound } from "../call/control-error.ts";
import { projectOfKey } from "../keys/project-of-key.ts";
import { invalid } from "./invalid-query.ts";

type Call = ControlCall<"retrieveAccessDecision">;
type Decided = Pick<AccessDecision, "outcome" | "rule" | "scope" | "own_only">;

/** A key for models can do nothing in the control API. */
const ONLY_MODELS = "key-for-models-only";

/** What gateways would decide about a key for models. Limits of use and spend are not in it. */
export async function ofModelsKey(call: Call): Promise<Decided> {
  const { caller, query, store } = call;
  const { principal_id: id, project_id: wanted } = query;
  requireScopes(call, ["api_keys.read"]);
  const projectId = await projectOfKey(id, store);
  const record =
    projectId === undefined || (wanted !== undefined && wanted !== projectId)
      ? undefined
      : await store.get(caller.organizationId, { kind: "projectKey", ids: [projectId, id] });
  if (record === undefined) throw notFound("API key", id);
  return decided(call, record, await store.keyUse(record.keyId));
}

/** What gateways would decide about a new key of a service account, which has no restrictions of its own. */
export async function ofServiceAccount(call: Call): Promise<Decided> {
  const { caller, query, store } = call;
  const { principal_id: id, project_id: projectId } = query;
  requireScopes(call, ["service_accounts.read"]);
  if (projectId === undefined) throw invalid("project_id", "must be sent: a service account is in a project, got none");
  const account = await store.get(caller.organizationId, { kind: "serviceAccount", ids: [projectId, id] });
  if (account === undefined) throw notFound("service account", id);
  return decided(call, account, unrestrictedKey(projectId));
}

async function decided(
  { caller, query, store, nowMs }: Call,
  { projectId }: Pick<RecordOf<"projectKey">, "projectId">,
  item: ApiKeyItem | undefined,
): Promise<Decided> {
  const access = accessOf(query);
  if (access === ONLY_MODELS)
    return { outcome: "denied", rule: ONLY_MODELS, scope: query.scope ?? query.operation ?? "", own_only: false };
  const scope = scopeOf(access);
  if (scope === undefined) return { outcome: "allowed", rule: access, scope: access, own_only: false };
  const [key, limits] = await Promise.all([
    item && withItsEndings(item, store),
    store.get(caller.organizationId, { kind: "limits", ids: ["project", projectId] }),
  ]);
  const counted = key && { ...key, modelPermissions: limits?.models };
  const { isAllowed, rule } = decideKeyUse(counted, { scope, model: query.model }, nowMs);
  return { outcome: isAllowed ? "allowed" : "denied", rule, scope, own_only: false };
}

async function withItsEndings(key: ApiKeyItem, store: Call["store"]): Promise<ApiKeyItem> {
  const ids = await Promise.all(endingIds(key).map(async (id) => ((await store.isEnded(id)) ? [id] : [])));
  const ended = new Set(ids.flat());
  return withEndings(key, (id) => (ended.has(id) ? {} : undefined));
}

/** @throws {ControlError} for what is neither an operation nor a scope */
function accessOf({ operation, scope }: Call["query"]): Access | typeof ONLY_MODELS {
  if (scope === "generate" || scope === "read") return scope;
  if (scope !== undefined) {
    if (ControlScope.safeParse(scope).success) return ONLY_MODELS;
    throw invalid("scope", `must be generate or read for what uses models, got '${scope}'`);
  }
  if (operation !== undefined && Object.hasOwn(OPERATION_ACCESS, operation))
    return OPERATION_ACCESS[operation as PublishedOperationId];
  if (operation !== undefined && Object.hasOwn(CONTROL_OPERATIONS, operation)) return ONLY_MODELS;
  throw invalid("operation", `must be an operation of the API such as createChatCompletion, got '${operation}'`);
}
