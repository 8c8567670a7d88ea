import type { GroupUser } from "../../../contracts/control/groups.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { isHeld } from "../../../domain/people/directory-groups.ts";
import { removeRecord } from "../../../domain/tenancy/changes.ts";
import { auditEvent, type ControlCall, type ControlHandler, change, nextPage } from "../call/control-call.ts";
import { ControlError, notFound } from "../call/control-error.ts";
import { joinGroup } from "../call/join-group.ts";
import { revokedKeysOfGroup } from "../call/person-keys.ts";

/** A page may have fewer users than its limit: a user who left the organisation is no longer in it, nor one whose membership is over. */
export const listGroupUsers: ControlHandler<"listGroupUsers"> = async (call) => {
  const { caller, query, records, store, nowMs } = call;
  const { after, limit, order } = query;
  const range = { kind: "groupUser", within: [records.group_id.id], limit, isNewestFirst: order === "desc" } as const;
  const found = await store.list(caller.organizationId, { ...range, ...(after === undefined ? {} : { after }) });
  const users = await Promise.all(
    found.records.map(async ({ userId }) => {
      const [user, own] = await Promise.all([
        store.get(caller.organizationId, { kind: "user", ids: [userId] }),
        store.get(caller.organizationId, { kind: "userGroup", ids: [userId, records.group_id.id] }),
      ]);
      return user && own && isHeld(own, nowMs) ? [toGroupUser(user)] : [];
    }),
  );
  return { body: nextPage(users.flat(), found.hasMore ? found.records.at(-1)?.userId : undefined) };
};

/** The user gets the group's roles with the next request. */
export const createGroupUser: ControlHandler<"createGroupUser"> = async (call) => {
  const { caller, body, records, store } = call;
  const group = records.group_id;
  const user = await store.get(caller.organizationId, { kind: "user", ids: [body.user_id] });
  if (!user) throw notFound("user", body.user_id);
  const changes = await joinGroup(call, group, user.id, user);
  if (!changes)
    throw new ControlError("invalid_request", `The user '${user.id}' is in the group already.`, { param: "user_id" });
  const event = auditEvent("tenant.group.member.added", { id: group.id, user_id: user.id });
  return change(call, event, changes, { body: { object: "group.user", group_id: group.id, user_id: user.id } });
};

export const retrieveGroupUser: ControlHandler<"retrieveGroupUser"> = async (call) => {
  const { groupId, userId } = await membershipOf(call);
  const user = call.records.user_id;
  const own = await call.store.get(call.caller.organizationId, { kind: "userGroup", ids: [userId, groupId] });
  if (!own || !isHeld(own, call.nowMs)) throw notInGroup(user);
  return { body: { ...toGroupUser(user), picture: null, is_service_account: false, user_type: "user" } };
};

/** The user loses the group's roles with the next request, and the keys by the group within a second. */
export const deleteGroupUser: ControlHandler<"deleteGroupUser"> = async (call) => {
  const member = await membershipOf(call);
  const { groupId, userId } = member;
  const own = await call.store.get(call.caller.organizationId, { kind: "userGroup", ids: [userId, groupId] });
  const changes = [
    removeRecord(member),
    ...(own ? [removeRecord(own)] : []),
    ...(await revokedKeysOfGroup(call, userId, groupId)),
  ];
  return change(call, auditEvent("tenant.group.member.removed", { id: groupId, user_id: userId }), changes, {
    body: { object: "group.user.deleted", deleted: true },
  });
};

type GroupUserCall = ControlCall<"retrieveGroupUser"> | ControlCall<"deleteGroupUser">;

async function membershipOf({ caller, records, store }: GroupUserCall): Promise<RecordOf<"groupUser">> {
  const [group, user] = [records.group_id, records.user_id];
  const found = await store.get(caller.organizationId, { kind: "groupUser", ids: [group.id, user.id] });
  if (!found) throw notInGroup(user);
  return found;
}

function notInGroup({ id }: RecordOf<"user">) {
  return notFound("user of this group", id);
}

function toGroupUser({ id, name, email }: RecordOf<"user">): GroupUser {
  return { id, email, name: name ?? email };
}
