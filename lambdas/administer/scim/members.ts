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

/** Ids of a group's users, inactive ones too. @param most beyond so many no more are read. @default - all are */
export async function memberIds(
  store: ControlStore,
  organizationId: string,
  groupId: string,
  most?: number,
): Promise<readonly string[]> {
  const links = await allRecords(store, organizationId, "groupUser", ({ userId }) => userId, [groupId], most);
  return links.map(({ userId }) => userId);
}

/** @throws {ScimError} for a user who does not exist */
export async function requireUsers({ caller, store }: Writing, ids: readonly string[]): Promise<void> {
  const users = await Promise.all(ids.map((id) => storedUser(store, caller.organizationId, id)));
  const missing = ids.find((_, index) => users[index] === undefined);
  if (missing !== undefined) throw new ScimError(400, `members: ${notFound("user", missing).message}`, "invalidValue");
}

/** What one request changes of a group's users, by their ids. */
export interface PlannedChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Of all changes that the request asks for. */
  readonly total: number;
}

/** What is still to be changed, as far as one request does it: of many users, those are left out that are in the group already. */
export async function plannedChanges(
  { caller, store }: Writing,
  groupId: string,
  { added, removed, replacesAll }: MemberChanges,
): Promise<PlannedChanges> {
  const isCompared = replacesAll || added.size + removed.size > MAX_MEMBERS;
  const members = isCompared ? new Set(await memberIds(store, caller.organizationId, groupId)) : undefined;
  const missing = [...added].filter((id) => !members?.has(id));
  const gone = [...(replacesAll ? (members ?? []) : removed)].filter((id) =>
    replacesAll ? !added.has(id) : (members?.has(id) ?? true),
  );
  return {
    added: missing.slice(0, MAX_MEMBERS),
    removed: gone.slice(0, Math.max(0, MAX_MEMBERS - missing.length)),
    total: missing.length + gone.length,
  };
}

/**
 * Adds users to a group and removes others, one transaction and one audit event each. A user who is in the group already
 * is not added again, and one who is not in it is not removed: a request that was cut off can be sent again. The users to add
 * must exist (`requireUsers`).
 * @throws {ScimError} where changes are left, which the same request makes when it is sent again
 */
export async function changeMembers(call: Writing, groupId: string, planned: PlannedChanges): Promise<void> {
  const { added, removed, total } = planned;
  for (const id of added) await untilCurrent(call, (current) => addMember(current, groupId, id));
  for (const id of removed) await untilCurrent(call, (current) => removeMember(current, groupId, id));
  const made = added.length + removed.length;
  if (made < total)
    throw new ScimError(
      503,
      `${made} of ${total} members were changed, which is as many as one request changes. Send it again for the others.`,
      undefined,
      1,
    );
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
