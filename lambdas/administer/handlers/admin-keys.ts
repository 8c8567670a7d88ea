import type { AdminApiKey } from "../../../contracts/control/admin-keys.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { newAdminKey } from "../../../domain/keys/admin-key.ts";
import {
  adminKeyIndexKey,
  adminKeyRecord,
  createAdminKey,
  worksFor,
} from "../../../domain/tenancy/admin-key-record.ts";
import { type Change, removeRecord } from "../../../domain/tenancy/changes.ts";
import {
  auditEvent,
  type ControlCall,
  type ControlHandler,
  change,
  page,
  requireScopes,
} from "../call/control-call.ts";
import { ControlError, notFound } from "../call/control-error.ts";
import { refuseLongerLife } from "../keys/key-life.ts";
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

/**
 * The key belongs to the caller, and permits what the caller's roles permit at each of its uses: all of it, or what its scopes
 * name of it. Its scopes are no more than the caller has now, and it ends no later than the admin key that makes it.
 */
export const createAdminApiKey: ControlHandler<"createAdminApiKey"> = async (call) => {
  const { caller, body, receivedMs } = call;
  const made = newAdminKey();
  const { name, expires_in_seconds: expiresInSeconds } = body;
  const { scopes, requires } = requestedScopes(call);
  refuseLongerLife(call, expiresInSeconds);
  const record = adminKeyRecord(made, { name, expiresInSeconds, scopes, ownerId: caller.user.id, nowMs: receivedMs });
  const event = auditEvent("api_key.created", { id: record.id, data: { scopes: record.scopes ?? [] } });
  return change(call, event, [...createAdminKey(caller.organizationId, record), ...requires], {
    body: { ...toAdminApiKey(record, caller.user), value: made.secret },
    version: 1,
  });
};

/** The scopes of a new key, and what must be unchanged for the caller to have them. @throws {ControlError} for more than those */
function requestedScopes(call: ControlCall<"createAdminApiKey">) {
  const { keyScopes } = call.caller;
  const scopes = call.body.scopes ?? undefined;
  if (scopes !== undefined) return { scopes, requires: requireScopes(call, scopes, "scopes") };
  if (keyScopes === undefined) return { scopes, requires: [] };
  throw new ControlError(
    "permission_denied",
    "`scopes` must be sent: your admin key has scopes of its own, and a key without any would permit more " +
      `(rule key-scope); send some of ${[...keyScopes].join(", ")}.`,
    { param: "scopes", rule: "key-scope" },
  );
}

export const retrieveAdminApiKey: ControlHandler<"retrieveAdminApiKey"> = async ({ caller, records, store }) => {
  const key = records.admin_key_id;
  const owner = await ownerOf(store, caller.organizationId, key);
  if (!owner) throw notFound("admin key", key.id);
  return { body: toAdminApiKey(key, owner), version: key.version };
};

/** The next request with the key is refused: no admin key is cached. */
export const deleteAdminApiKey: ControlHandler<"deleteAdminApiKey"> = async (call) => {
  const key = call.records.admin_key_id;
  const { id } = key;
  const changes: readonly Change[] = [removeRecord(key), { action: "remove", key: adminKeyIndexKey(key), version: 1 }];
  return change(call, auditEvent("api_key.deleted", { id }), changes, {
    body: { object: "organization.admin_api_key.deleted", id, deleted: true },
  });
};

/** @returns undefined where the key no longer works, as the owner left or was deactivated since */
async function ownerOf(store: ControlStore, organizationId: string, key: RecordOf<"adminKey">) {
  const owner = await store.get(organizationId, { kind: "user", ids: [key.ownerId] });
  return owner && worksFor(key, owner) ? owner : undefined;
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
    scopes: key.scopes ?? null,
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
