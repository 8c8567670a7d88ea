import { ERRORS } from "../../contracts/api/errors.ts";
import { AliasedKeyBody, KEY_ALIAS } from "../../contracts/control/outer-paths.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import { ID_MARK } from "../../domain/tenancy/changes.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { administer, type ControlRequest, type ControlResponse, type ControlTools, failure } from "./administer.ts";
import { ControlError, notFound } from "./call/control-error.ts";
import type { ControlStore } from "./store/control-store.ts";

const PROJECTS = "/v1/organization/projects";
const PAGE = 100;

/** Responds to a request of the control API, whose path may be a short one for keys. @throws as `administer` */
export async function administerByAlias(request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  const path = request.path.endsWith("/") ? request.path : `${request.path}/`;
  if (!path.startsWith(KEY_ALIAS)) return administer(request, tools);
  const [id, ...more] = path.slice(KEY_ALIAS.length).split("/").filter(Boolean);
  try {
    if (more.length > 0) throw new ControlError("not_found", ERRORS.not_found.message);
    if (id === undefined) return await administer(creation(request), tools);
    const response = await administer(await deletion(request, id, tools.store), tools);
    // The caller may not see the project, whose id it does not know.
    return response.status === 404 ? failure(notFound("API key", id)) : response;
  } catch (error) {
    if (error instanceof ControlError) return failure(error);
    throw error;
  }
}

/** The request that makes a service account with a key. */
function creation(request: ControlRequest): ControlRequest {
  onlyMethod("POST", request);
  const body = parseJson(request.body ?? "");
  if (body === undefined) throw new ControlError("invalid_json", ERRORS.invalid_json.message);
  const { success, data } = AliasedKeyBody.safeParse(body);
  if (!success)
    throw new ControlError("invalid_request", "`project_id` must be the id of a project; send it in the body.", {
      param: "project_id",
    });
  const { project_id: projectId, ...fields } = data;
  const path = `${PROJECTS}/${encodeURIComponent(projectId)}/service_accounts`;
  return { ...request, path, body: JSON.stringify(fields) };
}

/** The request that deletes a key. */
async function deletion(request: ControlRequest, id: string, store: ControlStore): Promise<ControlRequest> {
  onlyMethod("DELETE", request);
  const key = await findKey(store, request.caller.organizationId, id);
  if (key === undefined) throw notFound("API key", id);
  return { ...request, path: `${PROJECTS}/${key.projectId}/api_keys/${key.id}` };
}

function onlyMethod(method: string, request: ControlRequest): void {
  if (request.method !== method)
    throw new ControlError("method_not_allowed", ERRORS.method_not_allowed.message, { allow: method });
}

/** Keys are stored by project, so those of the organisation are read until it is found. */
async function findKey(
  store: ControlStore,
  organizationId: string,
  id: string,
): Promise<RecordOf<"projectKey"> | undefined> {
  let after: string | undefined;
  for (let hasMore = true; hasMore; ) {
    const range = { kind: "projectKey", limit: PAGE, ...(after === undefined ? {} : { after }) } as const;
    const page = await store.list(organizationId, range);
    const found = page.records.find((key) => key.id === id);
    if (found !== undefined) return found;
    const last = page.records.at(-1);
    after = last && [last.projectId, last.id].join(ID_MARK);
    hasMore = page.hasMore;
  }
  return undefined;
}
