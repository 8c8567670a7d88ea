import type { AccessDecision } from "../../../contracts/access/access-decision.ts";
import type { ControlOperation } from "../../../contracts/control/operations/operation.ts";
import { CONTROL_OPERATIONS } from "../../../contracts/control/operations/operations.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { ControlScope, ProjectScope } from "../../../contracts/control/scopes.ts";
import { worksFor } from "../../../domain/tenancy/admin-key-record.ts";
import { decideOperation } from "../../../domain/tenancy/decide.ts";
import { type ControlCall, type ControlHandler, requireScopes } from "../call/control-call.ts";
import { notFound } from "../call/control-error.ts";
import { callerGrants, principalOf } from "../call/grants.ts";
import { invalid } from "./invalid-query.ts";
import { ofModelsKey, ofServiceAccount } from "./models-access.ts";

type Call = ControlCall<"retrieveAccessDecision">;
type Decided = Pick<AccessDecision, "outcome" | "rule" | "scope" | "own_only">;

/**
 * What the control API would decide about a user or an admin key, and gateways about a service account or an API key, by the same rule as for a request of theirs. Rules about what a request
 * names, as that only owners change owners, are not in it.
 */
export const retrieveAccessDecision: ControlHandler<"retrieveAccessDecision"> = async (call) => {
  const { principal_type, principal_id, operation = null, project_id = null, model = null } = call.query;
  if (project_id !== null) {
    requireScopes(call, ["projects.read"]);
    const found = await call.store.get(call.caller.organizationId, { kind: "project", ids: [project_id] });
    if (!found) throw notFound("project", project_id);
  }
  const decided = await BY_PRINCIPAL[principal_type](call);
  const requested = { principal_type, principal_id, operation, project_id, model };
  return { body: { object: "organization.access_decision", ...requested, ...decided } };
};

const BY_PRINCIPAL: Readonly<Record<AccessDecision["principal_type"], (call: Call) => Promise<Decided>>> = {
  user: (call) => ofUser(call, actionOf(call.query)),
  admin_key: (call) => ofAdminKey(call, actionOf(call.query)),
  service_account: ofServiceAccount,
  api_key: ofModelsKey,
};

type Action = Pick<ControlOperation, "scope" | "ownScope">;

/** @throws {ControlError} for an operation that is none, and where a project is missing or of no use */
function actionOf({ operation, scope, project_id: projectId, model }: Call["query"]): Action {
  if (model !== undefined)
    throw invalid("model", `must be left out: only service accounts and API keys use models, got '${model}'`);
  if (scope !== undefined) {
    const { data } = ControlScope.safeParse(scope);
    if (data === undefined)
      throw invalid("scope", `must be a permission such as ${ControlScope.options[0]}, got '${scope}'`);
    if (projectId !== undefined && !ProjectScope.safeParse(scope).success)
      throw invalid("project_id", `must be left out: ${scope} is a permission in the organisation, got '${projectId}'`);
    return { scope: data };
  }
  const known: Readonly<Record<string, ControlOperation>> = CONTROL_OPERATIONS;
  const found = operation !== undefined && Object.hasOwn(known, operation) ? known[operation] : undefined;
  if (found === undefined)
    throw invalid("operation", `must be an operation of the control API such as createProject, got '${operation}'`);
  const isOfProject = found.path.includes("{project_id}");
  if (isOfProject && projectId === undefined)
    throw invalid("project_id", `must be sent: ${operation} is an operation on a project`);
  if (!isOfProject && projectId !== undefined)
    throw invalid(
      "project_id",
      `must be left out: ${operation} is an operation on the organisation, got '${projectId}'`,
    );
  return found;
}

async function ofUser(call: Call, action: Action): Promise<Decided> {
  const { principal_id: id } = call.query;
  const user = await call.store.get(call.caller.organizationId, { kind: "user", ids: [id] });
  if (!user) throw notFound("user", id);
  return decided(call, action, user, undefined);
}

async function ofAdminKey(call: Call, action: Action): Promise<Decided> {
  requireScopes(call, ["admin_keys.read"]);
  const { caller, query, store, nowMs } = call;
  const key = await store.get(caller.organizationId, { kind: "adminKey", ids: [query.principal_id] });
  if (!key) throw notFound("admin key", query.principal_id);
  const refused = { outcome: "denied", scope: action.scope, own_only: false } as const;
  if (key.expiresAt !== undefined && nowMs >= key.expiresAt * 1000) return { ...refused, rule: "key-expired" };
  const owner = await store.get(caller.organizationId, { kind: "user", ids: [key.ownerId] });
  if (!owner) return { ...refused, rule: "no-user" };
  if (!worksFor(key, owner)) return { ...refused, rule: "user-was-deactivated" };
  return decided(call, action, owner, key.scopes && new Set(key.scopes));
}

async function decided(
  { caller: { organizationId }, query, store, nowMs }: Call,
  action: Action,
  user: RecordOf<"user">,
  scopes: ReadonlySet<string> | undefined,
): Promise<Decided> {
  const { project_id: projectId } = query;
  const membership =
    projectId === undefined
      ? undefined
      : await store.get(organizationId, { kind: "membership", ids: [projectId, user.id] });
  const grants = await callerGrants(store, { organizationId, scopes }, user, membership, projectId, nowMs);
  const principal = principalOf({ userId: user.id, organizationId }, grants, projectId);
  const resource = { organizationId, ...(projectId === undefined ? {} : { projectId }) };
  const { decision, scope } = decideOperation(principal, action, resource);
  return { ...decision, scope, own_only: scope !== action.scope };
}
