import type { RecordOf } from "../../../contracts/control/records.ts";
import { ScimUserBody, ScimUserName } from "../../../contracts/scim/resources.ts";
import { parseFilter } from "../../../domain/scim/filter.ts";
import { ScimError } from "../../../domain/scim/scim-error.ts";
import { patchedUser } from "../../../domain/scim/user-patch.ts";
import type { Change } from "../../../domain/tenancy/changes.ts";
import { newId } from "../../../domain/tenancy/ids.ts";
import { ORGANIZATION_ROLES } from "../../../domain/tenancy/roles.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, change, requireFullOwner, requireScopes } from "../call/control-call.ts";
import { notFound } from "../call/control-error.ts";
import { removedLimits } from "../call/limited-subject.ts";
import { endedPersonKeys } from "../call/person-keys.ts";
import { parsed } from "./parsed.ts";
import { allRecords, listResponse, type ScimCall, type ScimHandler, type ScimResponse } from "./scim-call.ts";
import { attributesOf, type StoredUser, storedUser, userResource } from "./user-resource.ts";

type Writing = Pick<ScimCall<"createUser">, "caller" | "store" | "nowMs" | "repeatable">;

export const listUsers: ScimHandler<"listUsers"> = async ({ caller: { organizationId }, query, store }) => {
  const users = await found(store, organizationId, query.filter);
  return listResponse(users, query, userResource);
};

async function found(
  store: ScimCall<"listUsers">["store"],
  organizationId: string,
  filter: string | undefined,
): Promise<readonly StoredUser[]> {
  const { attribute, value } = filter === undefined ? {} : parseFilter(filter, ["userName", "externalId", "id"]);
  if (attribute === "userName" && value !== undefined) {
    const { data: address } = ScimUserName.safeParse(value);
    if (address === undefined) return [];
    const email = await store.get(organizationId, { kind: "email", ids: [address] });
    return listOf(email && (await storedUser(store, organizationId, email.ownerId)));
  }
  if (attribute === "id" && value !== undefined) return listOf(await storedUser(store, organizationId, value));
  const [users, provisioned] = await Promise.all([
    allRecords(store, organizationId, "user", ({ id }) => id),
    allRecords(store, organizationId, "scimUser", ({ id }) => id),
  ]);
  const byId = new Map<string, StoredUser>(
    users.map((user) => [user.id, { id: user.id, user, provisioned: undefined }]),
  );
  for (const one of provisioned) byId.set(one.id, { id: one.id, user: byId.get(one.id)?.user, provisioned: one });
  const all = [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return attribute === "externalId" ? all.filter((one) => one.provisioned?.externalId === value) : all;
}

const listOf = <T>(one: T | undefined): readonly T[] => (one === undefined ? [] : [one]);

export const retrieveUser: ScimHandler<"retrieveUser"> = async ({ caller, id, store }) => {
  const stored = await storedUser(store, caller.organizationId, id);
  if (stored === undefined) throw notFound("user", id);
  return { status: 200, body: userResource(stored) };
};

export const createUser: ScimHandler<"createUser"> = async (call) => {
  const { body, caller, store } = call;
  await requireFree(store, caller.organizationId, body.userName);
  const id = newId("user", call.nowMs);
  const response = await save(call, { id, user: undefined, provisioned: undefined }, body);
  return { ...response, status: 201 };
};

export const replaceUser: ScimHandler<"replaceUser"> = async (call) => {
  const stored = await storedUser(call.store, call.caller.organizationId, call.id);
  if (stored === undefined) throw notFound("user", call.id);
  return save(call, stored, call.body);
};

export const patchUser: ScimHandler<"patchUser"> = async (call) => {
  const stored = await storedUser(call.store, call.caller.organizationId, call.id);
  if (stored === undefined) throw notFound("user", call.id);
  return save(call, stored, parsed(ScimUserBody, patchedUser(attributesOf(stored), call.body.Operations)));
};

/**
 * None but owners change owners, whose address would let somebody else sign in, nor the address of anybody, who may have roles
 * that the caller has not.
 */
function refuseUnlessOwner(call: Writing, { user, provisioned }: StoredUser, next?: ScimUserBody): void {
  if ((user?.role ?? provisioned?.role) === "owner") requireFullOwner(call, "only-owners-change-owners");
  const before = user?.email ?? provisioned?.userName;
  if (next !== undefined && before !== undefined && before !== next.userName)
    requireFullOwner(call, "only-owners-change-addresses");
}

/** The user's keys end with the user, and no other user gets the id. */
export const deleteUser: ScimHandler<"deleteUser"> = async (call) => {
  const { caller, id, store } = call;
  const stored = await storedUser(store, caller.organizationId, id);
  if (stored === undefined) throw notFound("user", id);
  refuseUnlessOwner(call, stored);
  const { user, provisioned } = stored;
  const changes: readonly Change[] = [
    ...(user ? await removal(call, user) : []),
    ...(provisioned
      ? [{ action: "remove", key: { kind: "scimUser", ids: [id] }, version: provisioned.version } as const]
      : []),
    ...(await removedEmail(call, attributesOf(stored).userName, id)),
    ...(await removedLimits(call, "user", [id])),
  ];
  await change(call, auditEvent("user.deleted", { id }), changes, { body: undefined });
  return { status: 204 };
};

/** Makes the stored user what a client sent. A user that is so already is not written again. */
async function save(call: Writing, stored: StoredUser, next: ScimUserBody): Promise<ScimResponse> {
  const { nowMs } = call;
  const { id, user, provisioned } = stored;
  const isNew = user === undefined && provisioned === undefined;
  const before = attributesOf(stored);
  const active = next.active ?? (isNew || before.active);
  const after = { ...next, active, displayName: next.displayName ?? fullName(next) };
  if (!isNew && provisioned && isSame({ ...before, displayName: before.displayName ?? fullName(before) }, after))
    return { status: 200, body: userResource(stored) };
  refuseUnlessOwner(call, stored, after);
  const basis = isNew ? requireScopes(call, ORGANIZATION_ROLES.reader.scopes) : [];
  const nextUser = after.active ? activeUser(stored, after, nowMs) : undefined;
  const nextProvisioned = provisionedUser(stored, after, nowMs);
  const changes: readonly Change[] = [
    ...(await emailChanges(call, isNew ? undefined : before.userName, after.userName, id)),
    ...(nextUser
      ? [
          user
            ? ({ action: "replace", record: nextUser, version: user.version } as const)
            : ({ action: "create", record: nextUser } as const),
        ]
      : user
        ? await removal(call, user)
        : []),
    provisioned
      ? { action: "replace", record: nextProvisioned, version: provisioned.version }
      : { action: "create", record: nextProvisioned },
    ...basis,
  ];
  const event = savedEvent(id, user, nextUser, nextProvisioned.role);
  await change(call, event, changes, { body: undefined });
  return { status: 200, body: userResource({ id, user: nextUser, provisioned: nextProvisioned }) };
}

/** A user that becomes inactive can do as little as one who was removed, and the audit log says so. */
function savedEvent(
  id: string,
  before: RecordOf<"user"> | undefined,
  after: RecordOf<"user"> | undefined,
  role: RecordOf<"user">["role"],
) {
  if (before && !after) return auditEvent("user.deleted", { id });
  if (!before && after) return auditEvent("user.added", { id, data: { role } });
  return auditEvent("user.updated", { id, changes_requested: {} });
}

function activeUser({ id, user, provisioned }: StoredUser, next: ScimUserBody, nowMs: number): RecordOf<"user"> {
  const { displayName, userName } = next;
  return {
    kind: "user",
    version: (user?.version ?? provisioned?.userVersion ?? 0) + 1,
    id,
    ...(displayName === undefined ? {} : { name: displayName }),
    email: userName,
    role: user?.role ?? provisioned?.role ?? "reader",
    addedAt: user?.addedAt ?? provisioned?.createdAt ?? unixSeconds(nowMs),
    ...reactivation(user, provisioned, nowMs),
    ...(user?.groupsAt === undefined ? {} : { groupsAt: user.groupsAt }),
  };
}

/** A user that becomes active again gets none of the admin keys back that ended with the deactivation. */
function reactivation(
  user: RecordOf<"user"> | undefined,
  provisioned: RecordOf<"scimUser"> | undefined,
  nowMs: number,
): Pick<RecordOf<"user">, "reactivatedAt"> {
  const at = user === undefined && provisioned !== undefined ? unixSeconds(nowMs) : user?.reactivatedAt;
  return at === undefined ? {} : { reactivatedAt: at };
}

function provisionedUser(
  { id, user, provisioned }: StoredUser,
  { userName, externalId, displayName, name }: ScimUserBody,
  nowMs: number,
): RecordOf<"scimUser"> {
  const optional = { externalId, displayName, ...name };
  return {
    kind: "scimUser",
    version: (provisioned?.version ?? 0) + 1,
    id,
    userName,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    role: user?.role ?? provisioned?.role ?? "reader",
    userVersion: user?.version ?? provisioned?.userVersion ?? 0,
    createdAt: provisioned?.createdAt ?? user?.addedAt ?? unixSeconds(nowMs),
    updatedAt: unixSeconds(nowMs),
  };
}

/** With the user, the keys that the user signed in for end. Nobody ends their own access: so an organisation always has an owner, and provisioning does not end itself. */
async function removal(call: Writing, user: RecordOf<"user">): Promise<readonly Change[]> {
  if (call.caller.user.id === user.id)
    throw new ScimError(
      400,
      "The admin key's own user can't be deactivated or removed by it: use the key of another owner for provisioning.",
      "mutability",
    );
  return [
    { action: "remove", key: { kind: "user", ids: [user.id] }, version: user.version },
    ...(await endedPersonKeys(call, user.id)),
  ];
}

async function emailChanges(
  call: Writing,
  before: string | undefined,
  after: string,
  id: string,
): Promise<readonly Change[]> {
  if (before === after) return [];
  const { organizationId } = call.caller;
  if (before !== undefined) await requireFree(call.store, organizationId, after);
  return [
    ...(before === undefined ? [] : await removedEmail(call, before, id)),
    { action: "create", record: { kind: "email", version: 1, email: after, ownerId: id } },
  ];
}

async function removedEmail({ caller, store }: Writing, email: string, id: string): Promise<readonly Change[]> {
  const record = await store.get(caller.organizationId, { kind: "email", ids: [email] });
  return record?.ownerId === id
    ? [{ action: "remove", key: { kind: "email", ids: [email] }, version: record.version }]
    : [];
}

async function requireFree(store: Writing["store"], organizationId: string, userName: string): Promise<void> {
  const taken = await store.get(organizationId, { kind: "email", ids: [userName] });
  if (taken === undefined) return;
  const invite = await store.get(organizationId, { kind: "invite", ids: [taken.ownerId] });
  throw new ScimError(
    409,
    invite
      ? `'${userName}' has an invitation; delete it by the control API first.`
      : `A user with the userName '${userName}' exists already.`,
    "uniqueness",
  );
}

function fullName({ name }: ScimUserBody): string | undefined {
  const parts = [name?.givenName, name?.familyName].filter((part) => part !== undefined);
  return name?.formatted ?? (parts.length === 0 ? undefined : parts.join(" ").slice(0, 100));
}

function isSame(one: ScimUserBody, other: ScimUserBody): boolean {
  const comparable = ({ userName, externalId, displayName, name, active }: ScimUserBody) =>
    JSON.stringify([userName, externalId, displayName, name?.formatted, name?.givenName, name?.familyName, active]);
  return comparable(one) === comparable(other);
}
