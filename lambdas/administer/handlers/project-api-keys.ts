import type { ProjectApiKey } from "../../../contracts/control/project-keys.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { deleteProjectKey } from "../../../domain/tenancy/project-keys.ts";
import { auditEvent, type ControlHandler, change, page } from "../call/control-call.ts";
import { notFound } from "../call/control-error.ts";
import type { ControlStore } from "../store/control-store.ts";

/** In the order of ids. Every owner is a member of the project, so there are none with `owner_project_access` inactive. */
export const listProjectApiKeys: ControlHandler<"listProjectApiKeys"> = async ({ caller, query, records, store }) => {
  const { after, limit, owner_project_access: access } = query;
  if (access === "inactive") return { body: page<ProjectApiKey>([], false) };
  const range = { kind: "projectKey", within: [records.project_id.id], limit } as const;
  const found = await store.list(caller.organizationId, { ...range, ...(after === undefined ? {} : { after }) });
  const keys = await Promise.all(
    found.records.map(async (key) => {
      const owner = await ownerOf(store, caller.organizationId, key);
      return owner ? [toProjectApiKey(key, owner)] : [];
    }),
  );
  return {
    body: {
      ...page(keys.flat(), found.hasMore),
      first_id: found.records[0]?.id ?? null,
      last_id: found.records.at(-1)?.id ?? null,
    },
  };
};

export const retrieveProjectApiKey: ControlHandler<"retrieveProjectApiKey"> = async ({ caller, records, store }) => {
  const key = records.api_key_id;
  const owner = await ownerOf(store, caller.organizationId, key);
  if (!owner) throw notFound("API key", key.id);
  return { body: toProjectApiKey(key, owner), version: key.version };
};

/** Every gateway refuses the key within a second. */
export const deleteProjectApiKey: ControlHandler<"deleteProjectApiKey"> = async (call) => {
  const { records, nowMs } = call;
  const key = records.api_key_id;
  const event = auditEvent("api_key.deleted", { id: key.id }, records.project_id);
  return change(call, event, deleteProjectKey(key, nowMs), {
    body: { object: "organization.project.api_key.deleted", id: key.id, deleted: true },
  });
};

function ownerOf(store: ControlStore, organizationId: string, { projectId, ownerId }: RecordOf<"projectKey">) {
  return store.get(organizationId, { kind: "serviceAccount", ids: [projectId, ownerId] });
}

function toProjectApiKey(key: RecordOf<"projectKey">, owner: RecordOf<"serviceAccount">): ProjectApiKey {
  const { id, name, role, createdAt } = owner;
  return {
    object: "organization.project.api_key",
    id: key.id,
    name: key.name,
    redacted_value: key.redacted,
    created_at: key.createdAt,
    expires_at: key.expiresAt ?? null,
    last_used_at: null,
    owner_project_access: "active",
    owner: { type: "service_account", service_account: { id, name, role, created_at: createdAt } },
  };
}
