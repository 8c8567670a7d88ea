import type { ProjectApiKey } from "../../../contracts/control/project-keys.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import type { ControlStore } from "../store/control-store.ts";

type KeyRecord = RecordOf<"projectKey">;

/** A key of a project, with its owner. @returns undefined where the key's owner is gone, and the key with it */
export async function shownKey(
  store: ControlStore,
  organizationId: string,
  key: KeyRecord,
): Promise<ProjectApiKey | undefined> {
  const [owner, lastUsedAt, isEnded] = await Promise.all([
    key.ownerType === "user" ? userOf(store, organizationId, key) : serviceAccountOf(store, organizationId, key),
    store.keyLastUsedAt(key.keyId),
    hasEnded(store, key),
  ]);
  if (owner === undefined) return undefined;
  return {
    object: "organization.project.api_key",
    id: key.id,
    name: key.name,
    redacted_value: key.redacted,
    created_at: key.createdAt,
    expires_at: key.expiresAt ?? null,
    last_used_at: lastUsedAt === undefined ? null : unixSeconds(Date.parse(lastUsedAt)),
    owner_project_access: isEnded ? "inactive" : "active",
    owner,
  };
}

/** Whether the group, its access to the project or its role there has ended, by which the key was made. */
async function hasEnded(store: ControlStore, { endedBy = [] }: KeyRecord): Promise<boolean> {
  return (await Promise.all(endedBy.map((id) => store.isEnded(id)))).includes(true);
}

async function serviceAccountOf(
  store: ControlStore,
  organizationId: string,
  { projectId, ownerId }: KeyRecord,
): Promise<ProjectApiKey["owner"] | undefined> {
  const account = await store.get(organizationId, { kind: "serviceAccount", ids: [projectId, ownerId] });
  if (account === undefined) return undefined;
  const { id, name, role, createdAt } = account;
  return { type: "service_account", service_account: { id, name, role, created_at: createdAt } };
}

async function userOf(
  store: ControlStore,
  organizationId: string,
  { projectId, ownerId }: KeyRecord,
): Promise<ProjectApiKey["owner"] | undefined> {
  const [user, membership] = await Promise.all([
    store.get(organizationId, { kind: "user", ids: [ownerId] }),
    store.get(organizationId, { kind: "membership", ids: [projectId, ownerId] }),
  ]);
  if (user === undefined) return undefined;
  const { id, name, email, addedAt } = user;
  return {
    type: "user",
    user: { id, name: name ?? email, email, role: membership?.role ?? "member", created_at: addedAt },
  };
}
