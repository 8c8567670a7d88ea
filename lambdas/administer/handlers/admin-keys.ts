import type { AdminApiKey } from "../../../contracts/control/admin-keys.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { newAdminKey } from "../../../domain/keys/admin-key.ts";
import { adminKeyRecord, createAdminKey } from "../../../domain/tenancy/admin-key-record.ts";
import type { Change } from "../../../domain/tenancy/changes.ts";
import { auditEvent, type ControlHandler, change, page } from "../call/control-call.ts";
import { notFound } from "../call/control-error.ts";
import type { ControlStore } from "../store/control-store.ts";

/** A page may have fewer keys than its limit: a key whose owner left the organisation no longer works. */
export const listAdminApiKeys: ControlHandler<"listAdminApiKeys"> = async ({ caller, query, store }) => {
  const { after, limit, order } = query;
  const range = { kind: "adminKey", limit, isNewestFirst: order === "desc" } as const;
  const found = await store.list(caller.organizationId, { ...range, ...(after === undefined ? {} : { after }) });
  const keys = await Promise.all(
    found.records.map(async (key) => {
      const owner = await ownerOf(store, caller.organizationId, key);
      return owner ? [toAdminApiKey(key, owner)] : [];
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

/** The key belongs to the caller, and has the roles that the caller has at each of its uses. */
export const createAdminApiKey: ControlHandler<"createAdminApiKey"> = async (call) => {
  const { caller, body, nowMs } = call;
  const made = newAdminKey();
  const { name, expires_in_seconds: expiresInSeconds } = body;
  const record = adminKeyRecord(made, { name, expiresInSeconds, ownerId: caller.user.id, nowMs });
  const event = auditEvent("api_key.created", { id: record.id, data: { scopes: [] } });
  return change(call, event, createAdminKey(caller.organizationId, record), {
    body: { ...toAdminApiKey(record, caller.user), value: made.secret },
    version: 1,
  });
};

export const retrieveAdminApiKey: ControlHandler<"retrieveAdminApiKey"> = async ({ caller, records, store }) => {
  const key = records.admin_key_id;
  const owner = await ownerOf(store, caller.organizationId, key);
  if (!owner) throw notFound("admin key", key.id);
  return { body: toAdminApiKey(key, owner), version: key.version };
};

/** The next request with the key is refused: no admin key is cached. */
export const deleteAdminApiKey: ControlHandler<"deleteAdminApiKey"> = async (call) => {
  const { id, keyId, version } = call.records.admin_key_id;
  const changes: readonly Change[] = [
    { action: "remove", key: { kind: "adminKey", ids: [id] }, version },
    { action: "remove", key: { kind: "adminKeyIndex", ids: [keyId] }, version: 1 },
  ];
  return change(call, auditEvent("api_key.deleted", { id }), changes, {
    body: { object: "organization.admin_api_key.deleted", id, deleted: true },
  });
};

function ownerOf(store: ControlStore, organizationId: string, { ownerId }: RecordOf<"adminKey">) {
  return store.get(organizationId, { kind: "user", ids: [ownerId] });
}

function toAdminApiKey(key: RecordOf<"adminKey">, owner: RecordOf<"user">): AdminApiKey {
  return {
    object: "organization.admin_api_key",
    id: key.id,
    name: key.name,
    redacted_value: key.redacted,
    created_at: key.createdAt,
    expires_at: key.expiresAt ?? null,
    last_used_at: key.lastUsedAt ?? null,
    owner: {
      type: "user",
      object: "organization.user",
      id: owner.id,
      name: owner.name ?? owner.email,
      created_at: owner.addedAt,
      role: owner.role,
    },
  };
}
