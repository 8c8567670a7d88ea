import type { RecordOf } from "../../../contracts/control/records.ts";
import { type Change, removeRecord } from "../../../domain/tenancy/changes.ts";
import { ORGANIZATION_ROLES } from "../../../domain/tenancy/roles.ts";
import {
  auditEvent,
  type ControlCall,
  type ControlHandler,
  change,
  page,
  requireFullOwner,
  requireScopes,
} from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";
import { removedLimits } from "../call/limited-subject.ts";
import { endedPersonKeys } from "../call/person-keys.ts";
import { toUser } from "../call/shown-users.ts";

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
  refuseSelfAndOwner(call, before);
  const basis = requireScopes(call, ORGANIZATION_ROLES[call.body.role].scopes);
  const record = { ...before, role: call.body.role, version: before.version + 1 };
  const payload = { id: record.id, changes_requested: { role: record.role } };
  return change(
    call,
    auditEvent("user.updated", payload),
    [{ action: "replace", record, version: before.version }, ...basis],
    {
      body: toUser(record),
      version: record.version,
    },
  );
};

/** The keys that the user signed in for are revoked. The user's memberships of projects have no effect without the user, and no other user gets the id. */
export const deleteUser: ControlHandler<"deleteUser"> = async (call) => {
  const user = call.records.user_id;
  refuseSelfAndOwner(call, user);
  return change(call, auditEvent("user.deleted", { id: user.id }), await removedUser(call, user), {
    body: { object: "organization.user.deleted", id: user.id, deleted: true },
  });
};

/** Removes a user, and what gives access in the user's name. */
export async function removedUser(
  call: Pick<ControlCall<"deleteUser">, "caller" | "store" | "nowMs">,
  user: RecordOf<"user">,
): Promise<readonly Change[]> {
  const { organizationId } = call.caller;
  const [email, provisioned] = await Promise.all([
    call.store.get(organizationId, { kind: "email", ids: [user.email] }),
    call.store.get(organizationId, { kind: "scimUser", ids: [user.id] }),
  ]);
  return [
    ...[user, email, provisioned].filter((record) => record !== undefined).map(removeRecord),
    ...(await endedPersonKeys(call, user.id)),
    ...(await removedLimits(call, "user", [user.id])),
  ];
}

/**
 * Nobody changes their own role in the organisation, and none but owners change owners; and as a change holds only while
 * its caller is what they were, two owners can't demote each other: an organisation always has an owner.
 */
export function refuseSelfAndOwner(call: Pick<ControlCall<"updateUser">, "caller">, user: RecordOf<"user">) {
  if (call.caller.user.id === user.id)
    throw new ControlError("invalid_request", "You can't change or remove yourself; another owner can.");
  if (user.role === "owner") requireFullOwner(call, "only-owners-change-owners");
}
