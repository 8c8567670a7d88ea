import { ERRORS } from "../../contracts/api/errors.ts";
import { AliasedKeyBody, KEY_ALIAS } from "../../contracts/control/outer-paths.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { administer, type ControlRequest, type ControlResponse, type ControlTools, failure } from "./administer.ts";
import { ControlError, notFound } from "./call/control-error.ts";
import { KEY_PREFIX } from "./call/limited-subject.ts";
import type { ControlStore } from "./store/control-store.ts";

const PROJECTS = "/v1/organization/projects";
const ROTATE = "rotate";

/** Responds to a request of the control API, whose path may be a short one for keys. @throws as `administer` */
export async function administerByAlias(request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  const path = request.path.endsWith("/") ? request.path : `${request.path}/`;
  if (!path.startsWith(KEY_ALIAS)) return administer(request, tools);
  const [id, action, ...more] = path.slice(KEY_ALIAS.length).split("/").filter(Boolean);
  try {
    if (more.length > 0 || (action !== undefined && action !== ROTATE))
      throw new ControlError("not_found", ERRORS.not_found.message);
    if (id === undefined) return await administer(ofAllKeys(request), tools);
    const response = await administer(await ofKey(request, id, action, tools.store), tools);
    // The caller may not see the project, whose id it does not know.
    return response.status === 404 ? failure(notFound("API key", id)) : response;
  } catch (error) {
    if (error instanceof ControlError) return failure(error);
    throw error;
  }
}

/** The request that makes a key, or lists the caller's own. */
function ofAllKeys(request: ControlRequest): ControlRequest {
  if (request.method === "GET") return { ...request, path: "/v1/organization/own_api_keys" };
  onlyMethod("POST", request, "GET, POST");
  const body = parseJson(request.body ?? "");
  if (body === undefined) throw new ControlError("invalid_json", ERRORS.invalid_json.message);
  const { success, data } = AliasedKeyBody.safeParse(body);
  if (!success)
    throw new ControlError(
      "invalid_request",
      "`project_id` must be the id of a project, and `owner` me or service_account, where it is sent; correct the body.",
      { param: "project_id" },
    );
  const { project_id: projectId, owner, ...fields } = data;
  const kind = owner === "me" ? "api_keys" : "service_accounts";
  const path = `${PROJECTS}/${encodeURIComponent(projectId)}/${kind}`;
  return { ...request, path, body: JSON.stringify(fields) };
}

/** The request that deletes a key, or gives it a new secret. */
async function ofKey(
  request: ControlRequest,
  id: string,
  action: string | undefined,
  store: ControlStore,
): Promise<ControlRequest> {
  const method = action === undefined ? "DELETE" : "POST";
  onlyMethod(method, request, method);
  const key = await findKey(store, request.caller.organizationId, id);
  if (key === undefined) throw notFound("API key", id);
  return { ...request, path: [PROJECTS, key.projectId, "api_keys", key.id, ...(action ? [action] : [])].join("/") };
}

function onlyMethod(method: string, request: ControlRequest, allow: string): void {
  if (request.method !== method)
    throw new ControlError("method_not_allowed", ERRORS.method_not_allowed.message, { allow });
}

/** The key's own item says in which project the key is. */
async function findKey(
  store: ControlStore,
  organizationId: string,
  id: string,
): Promise<RecordOf<"projectKey"> | undefined> {
  if (!id.startsWith(KEY_PREFIX)) return undefined;
  const key = await store.keyProject(id.slice(KEY_PREFIX.length));
  if (key?.projectId === undefined) return undefined;
  return await store.get(organizationId, { kind: "projectKey", ids: [key.projectId, id] });
}
