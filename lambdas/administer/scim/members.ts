import { MAX_MEMBERS } from "../../../contracts/scim/resources.ts";
import type { MemberChanges } from "../../../domain/scim/group-patch.ts";
import { ScimError } from "../../../domain/scim/scim-error.ts";
import { type Change, removeRecord } from "../../../domain/tenancy/changes.ts";
import { untilMade } from "../call/attempts.ts";
import { auditEvent, change } from "../call/control-call.ts";
import { denied, notFound } from "../call/control-error.ts";
import { joinGroup } from "../call/join-group.ts";
import { revokedKeysOfGroup } from "../call/person-keys.ts";
import type { ControlStore } from "../store/control-store.ts";
import { allRecords, type ScimCall } from "./scim-call.ts";
import { storedUser } from "./user-resource.ts";

type Writing = Pick<ScimCall<"createGroup">, "caller" | "store" | "nowMs" | "repeatable">;

/** Ids of a group's users, inactive ones too. */
export async function memberIds(
  store: ControlStore,
  organizationId: string,
  groupId: string,
): Promise<readonly string[]> {
  const links = await allRecords(store, organizationId, "groupUser", ({ userId }) => userId, [groupId]);
  return links.map(({ userId }) => userId);
}

/** @throws {ScimError} for a user who does not exist */
export async function requireUsers({ caller, store }: Writing, ids: ReadonlySet<string>): Promise<void> {
  const users = await Promise.all([...ids].map((id) => storedUser(store, caller.organizationId, id)));
  const missing = [...ids].find((_, index) => users[index] === undefined);
  if (missing !== undefined) throw new ScimError(400, `members: ${notFound("user", missing).message}`, "invalidValue");
}

/**
 * Adds users to a group and removes others, one transaction and one audit event each. A user who is in the group already
 * is not added again, and one who is not in it is not removed: a request that was cut off can be sent again. The users to add
 * must exist (`requireUsers`).
 */
export async function changeMembers(call: Writing, groupId: string, changes: MemberChanges): Promise<void> {
  const { caller, store } = call;
  const { added, removed, replacesAll } = changes;
  const ids = replacesAll ? await memberIds(store, caller.organizationId, groupId) : [];
  const gone = replacesAll ? ids.filter((id) => !added.has(id)) : [...removed];
  if (added.size + gone.length > MAX_MEMBERS)
    throw new ScimError(
      413,
      `One request changes at most ${MAX_MEMBERS} members of a group; send these ${added.size + gone.length} in several.`,
    );
  for (const id of added) await untilCurrent(call, (current) => addMember(current, groupId, id));
  for (const id of gone) await untilCurrent(call, (current) => removeMember(current, groupId, id));
}

/**
 * Makes one change, with the caller as stored now: the changes before it may have been to the caller's own record. It is not the
 * whole request that is tried anew, which may have made a group already.
 * @throws {ControlError} when the caller's role is another by now
 */
async function untilCurrent(call: Writing, make: (current: Writing) => Promise<void>): Promise<void> {
  const { caller, store } = call;
  await untilMade(async () => {
    const user = await store.get(caller.organizationId, { kind: "user", ids: [caller.user.id] });
    if (user?.role !== caller.user.role) throw denied("role-changed-meanwhile");
    await make({ ...call, caller: { ...caller, user } });
  });
}

async function addMember(call: Writing, groupId: string, userId: string): Promise<void> {
  const { caller, store } = call;
  const [stored, group, member] = await Promise.all([
    storedUser(store, caller.organizationId, userId),
    store.get(caller.organizationId, { kind: "group", ids: [groupId] }),
    store.get(caller.organizationId, { kind: "groupUser", ids: [groupId, userId] }),
  ]);
  if (stored === undefined) throw notFound("user", userId);
  if (group === undefined) throw notFound("group", groupId);
  if (member !== undefined) return;
  const changes = await joinGroup(call, group, userId, stored.user);
  if (changes === undefined) return;
  const event = auditEvent("tenant.group.member.added", { id: groupId, user_id: userId });
  await change(call, event, changes, { body: undefined });
}

async function removeMember(call: Writing, groupId: string, userId: string): Promise<void> {
  const { caller, store } = call;
  const [member, own] = await Promise.all([
    store.get(caller.organizationId, { kind: "groupUser", ids: [groupId, userId] }),
    store.get(caller.organizationId, { kind: "userGroup", ids: [userId, groupId] }),
  ]);
  if (member === undefined) return;
  const changes: readonly Change[] = [
    removeRecord(member),
    ...(own ? [removeRecord(own)] : []),
    ...(await revokedKeysOfGroup(call, userId, groupId)),
  ];
  const event = auditEvent("tenant.group.member.removed", { id: groupId, user_id: userId });
  await change(call, event, changes, { body: undefined });
}
