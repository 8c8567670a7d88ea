import type { OrganizationUser } from "../../../contracts/control/objects.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { auditEvent, type Caller, type ControlHandler, change, page } from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";

export const listUsers: ControlHandler<"listUsers"> = async ({ caller, query, store }) => {
  const { after, limit } = query;
  const range = { kind: "user", limit, ...(after === undefined ? {} : { after }) } as const;
  const found = await store.list(caller.organizationId, range);
  return { body: page(found.records.map(toUser), found.hasMore) };
};

export const retrieveUser: ControlHandler<"retrieveUser"> = async ({ records }) => ({
  body: toUser(records.user_id),
  version: records.user_id.version,
});

export const updateUser: ControlHandler<"updateUser"> = async (call) => {
  const before = call.records.user_id;
  refuseSelf(call.caller, before);
  const record = { ...before, role: call.body.role, version: before.version + 1 };
  const payload = { id: record.id, changes_requested: { role: record.role } };
  return change(call, auditEvent("user.updated", payload), [{ action: "replace", record, version: before.version }], {
    body: toUser(record),
    version: record.version,
  });
};

/** The user's memberships of projects have no effect without the user, and no other user gets the id. */
export const deleteUser: ControlHandler<"deleteUser"> = async (call) => {
  const user = call.records.user_id;
  refuseSelf(call.caller, user);
  const email = await call.store.get(call.caller.organizationId, { kind: "email", ids: [user.email] });
  return change(
    call,
    auditEvent("user.deleted", { id: user.id }),
    [
      { action: "remove", key: { kind: "user", ids: [user.id] }, version: user.version },
      ...(email
        ? [{ action: "remove", key: { kind: "email", ids: [user.email] }, version: email.version } as const]
        : []),
    ],
    { body: { object: "organization.user.deleted", id: user.id, deleted: true } },
  );
};

/**
 * Nobody changes their own role in the organisation; and as a change holds only while its caller is what they were, two
 * owners can't demote each other: an organisation always has an owner.
 */
function refuseSelf(caller: Caller, user: RecordOf<"user">): void {
  if (caller.user.id !== user.id) return;
  throw new ControlError("invalid_request", "You can't change or remove yourself; another owner can.");
}

function toUser({ id, name, email, role, addedAt }: RecordOf<"user">): OrganizationUser {
  return { object: "organization.user", id, name: name ?? null, email, role, added_at: addedAt };
}
