import type { RecordOf } from "../../../contracts/control/records.ts";
import { lastingKeys, withLastingKeys } from "../../../domain/people/person-key.ts";
import type { Change } from "../../../domain/tenancy/changes.ts";
import { deleteProjectKey } from "../../../domain/tenancy/project-keys.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlHandler, change, page } from "../call/control-call.ts";
import { notFound } from "../call/control-error.ts";
import { removedLimits } from "../call/limited-subject.ts";
import { wantedRecords } from "../call/wanted-records.ts";
import { refuseArchived } from "../handlers/projects.ts";
import { refuseLongerLife } from "../keys/key-life.ts";
import type { ControlStore } from "../store/control-store.ts";
import { boundsOf, refuseExpired, refuseLongLife } from "./member-keys.ts";
import { shownKey } from "./shown-key.ts";

/** In the order of ids. A page may have fewer keys than its limit. */
export const listProjectApiKeys: ControlHandler<"listProjectApiKeys"> = async (call) => {
  const { caller, query, records, store, isOwnOnly } = call;
  const { after, limit, owner_project_access: access } = query;
  const range = { kind: "projectKey", within: [records.project_id.id], limit } as const;
  const found = await wantedRecords(
    store,
    caller.organizationId,
    { ...range, ...(after === undefined ? {} : { after }) },
    { isWanted: ({ ownerId }) => !isOwnOnly || ownerId === caller.user.id },
  );
  const shown = found.slice(0, limit);
  const keys = await Promise.all(
    shown.map(async (key) => {
      const one = await shownKey(store, caller.organizationId, key);
      return one && (access === "any" || one.owner_project_access === access) ? [one] : [];
    }),
  );
  return {
    body: {
      ...page(keys.flat(), found.length > limit),
      first_id: shown[0]?.id ?? null,
      last_id: shown.at(-1)?.id ?? null,
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
  const { caller, records, body, store, receivedMs, nowMs } = call;
  const { project_id: project, api_key_id: before } = records;
  refuseArchived(project);
  refuseExpired(before, nowMs);
  const { scopes, expires_in_seconds: seconds } = body;
  if (before.ownerType === "user" && seconds !== undefined) refuseLongLife(seconds, boundsOf(call));
  const expiresAt = seconds === undefined ? undefined : unixSeconds(receivedMs) + seconds;
  const isOwn = before.ownerType === "user" && before.ownerId === caller.user.id;
  if (isOwn && expiresAt !== undefined && expiresAt > (before.expiresAt ?? Infinity)) refuseLongerLife(call, seconds);
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
  const { caller, records, store, nowMs } = call;
  const key = records.api_key_id;
  const event = auditEvent("api_key.deleted", { id: key.id }, records.project_id);
  const changes = [
    ...deleteProjectKey(key, nowMs),
    ...(key.ownerType === "user" ? [await withoutKey(store, caller.organizationId, key, nowMs)] : []),
    ...(await removedLimits(call, "key", [key.id])),
  ];
  return change(call, event, changes, {
    body: { object: "organization.project.api_key.deleted", id: key.id, deleted: true },
  });
};

/** The record of the key's user, without the key. */
async function withoutKey(
  store: ControlStore,
  organizationId: string,
  { ownerId, keyId }: RecordOf<"projectKey">,
  nowMs: number,
): Promise<Change> {
  const stored = await store.get(organizationId, { kind: "personKeys", ids: [ownerId] });
  const others = lastingKeys(stored).filter((key) => key.keyId !== keyId);
  return withLastingKeys(ownerId, stored, others, nowMs);
}
