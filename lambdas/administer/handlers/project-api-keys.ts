import type { ProjectApiKey } from "../../../contracts/control/project-keys.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import type { Change } from "../../../domain/tenancy/changes.ts";
import { deleteProjectKey } from "../../../domain/tenancy/project-keys.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlHandler, change, page } from "../call/control-call.ts";
import { ControlError, notFound } from "../call/control-error.ts";
import { removedLimits } from "../call/limited-subject.ts";
import type { ControlStore } from "../store/control-store.ts";
import { refuseArchived } from "./projects.ts";

/** In the order of ids. Every owner is a member of the project, so there are none with `owner_project_access` inactive. */
export const listProjectApiKeys: ControlHandler<"listProjectApiKeys"> = async ({ caller, query, records, store }) => {
  const { after, limit, owner_project_access: access } = query;
  if (access === "inactive") return { body: page<ProjectApiKey>([], false) };
  const range = { kind: "projectKey", within: [records.project_id.id], limit } as const;
  const found = await store.list(caller.organizationId, { ...range, ...(after === undefined ? {} : { after }) });
  const keys = await Promise.all(
    found.records.map(async (key) => {
      const shown = await shownKey(store, caller.organizationId, key);
      return shown ? [shown] : [];
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
  const shown = await shownKey(store, caller.organizationId, key);
  if (!shown) throw notFound("API key", key.id);
  return { body: shown, version: key.version };
};

/** Every gateway holds the key to its new scopes and end within a second. */
export const updateProjectApiKey: ControlHandler<"updateProjectApiKey"> = async (call) => {
  const { caller, records, body, store, nowMs } = call;
  const { project_id: project, api_key_id: before } = records;
  refuseArchived(project);
  const now = unixSeconds(nowMs);
  if (before.expiresAt !== undefined && before.expiresAt <= now)
    throw new ControlError("invalid_request", `The key '${before.id}' has expired and can't be changed; make another.`);
  const { scopes, expires_in_seconds: seconds } = body;
  const expiresAt = seconds === undefined ? undefined : now + seconds;
  const record = { ...before, version: before.version + 1, ...(expiresAt === undefined ? {} : { expiresAt }) };
  const shown = await shownKey(store, caller.organizationId, record);
  if (!shown) throw notFound("API key", before.id);
  const changes: readonly Change[] = [
    { action: "replace", record, version: before.version },
    {
      action: "restrictKey",
      keyId: before.keyId,
      at: new Date(nowMs),
      expiresAt: expiresAt === undefined ? undefined : new Date(1000 * expiresAt).toISOString(),
      scopes: scopes?.map(() => "read" as const),
    },
  ];
  const payload = {
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    ...(seconds === undefined ? {} : { expires_in_seconds: seconds }),
  };
  const event = auditEvent("api_key.updated", { id: record.id, changes_requested: payload }, project);
  return change(call, event, changes, { body: shown, version: record.version });
};

/** Every gateway refuses the key within a second. */
export const deleteProjectApiKey: ControlHandler<"deleteProjectApiKey"> = async (call) => {
  const { records, nowMs } = call;
  const key = records.api_key_id;
  const event = auditEvent("api_key.deleted", { id: key.id }, records.project_id);
  const changes = [...deleteProjectKey(key, nowMs), ...(await removedLimits(call, "key", [key.id]))];
  return change(call, event, changes, {
    body: { object: "organization.project.api_key.deleted", id: key.id, deleted: true },
  });
};

/** @returns undefined where the key's owner is gone, and the key with it */
async function shownKey(
  store: ControlStore,
  organizationId: string,
  key: RecordOf<"projectKey">,
): Promise<ProjectApiKey | undefined> {
  const { projectId, ownerId, keyId } = key;
  const [owner, lastUsedAt] = await Promise.all([
    store.get(organizationId, { kind: "serviceAccount", ids: [projectId, ownerId] }),
    store.keyLastUsedAt(keyId),
  ]);
  return owner && toProjectApiKey(key, owner, lastUsedAt);
}

function toProjectApiKey(
  key: RecordOf<"projectKey">,
  owner: RecordOf<"serviceAccount">,
  lastUsedAt: string | undefined,
): ProjectApiKey {
  const { id, name, role, createdAt } = owner;
  return {
    object: "organization.project.api_key",
    id: key.id,
    name: key.name,
    redacted_value: key.redacted,
    created_at: key.createdAt,
    expires_at: key.expiresAt ?? null,
    last_used_at: lastUsedAt === undefined ? null : unixSeconds(Date.parse(lastUsedAt)),
    owner_project_access: "active",
    owner: { type: "service_account", service_account: { id, name, role, created_at: createdAt } },
  };
}
