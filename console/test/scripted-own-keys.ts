import { randomUUID } from "node:crypto";
import type { OwnApiKey } from "../../contracts/control/project-keys.ts";
import type { SeenCall } from "./scripted-control.ts";

const CREATED_AT = 1_790_000_000;
const LATER = 4_000_000_000;

/** The response to a call about the caller's own keys; `undefined` for what is none. */
export function respondWithOwnKeys(
  { method, url, body }: Pick<SeenCall, "method" | "url" | "body">,
  keys: OwnApiKey[],
) {
  const { pathname } = new URL(url, "http://api");
  if (pathname === "/v1/organization/own_api_keys") return { object: "list", data: keys };
  const [, project = "", id, action] =
    /^\/v1\/organization\/projects\/([^/]+)\/api_keys(?:\/([^/]+))?(?:\/(rotate))?$/.exec(pathname) ?? [];
  const fields = (body ?? {}) as { readonly name?: string; readonly overlap_seconds?: number };
  if (method === "POST" && project !== "" && id === undefined) {
    const key = scriptedOwnKey(fields.name ?? "", project);
    keys.unshift(key);
    return { ...key, value: `sk-sl-${key.id}-secret` };
  }
  const index = keys.findIndex((key) => key.id === id);
  const key = keys[index];
  if (key === undefined) return undefined;
  if (method === "POST" && action === "rotate")
    return { ...key, value: `sk-sl-${key.id}-next`, previous_valid_until: CREATED_AT + (fields.overlap_seconds ?? 0) };
  if (method !== "DELETE") return undefined;
  keys.splice(index, 1);
  return { object: "organization.project.api_key.deleted", id, deleted: true };
}

export function scriptedOwnKey(name: string, project = "proj_1"): OwnApiKey {
  const id = `key_${randomUUID().slice(0, 8)}`;
  return {
    object: "organization.project.api_key",
    id,
    name,
    redacted_value: `sk-sl-${id}…`,
    created_at: CREATED_AT,
    expires_at: LATER,
    last_used_at: null,
    owner_project_access: "active",
    owner: {
      type: "user",
      user: { id: "user-ada", name: "Ada", email: "ada@example.com", role: "member", created_at: CREATED_AT },
    },
    project_id: project,
  };
}
