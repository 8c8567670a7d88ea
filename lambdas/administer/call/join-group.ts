import type { RecordOf } from "../../../contracts/control/records.ts";
import { isHeld } from "../../../domain/people/directory-groups.ts";
import { MAX_GROUPS_PER_USER } from "../../../domain/people/group-access.ts";
import { type Change, raiseVersion, removeRecord, requireUnchanged } from "../../../domain/tenancy/changes.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import type { ControlStore } from "../store/control-store.ts";
import { type Caller, requireScopes } from "./control-call.ts";
import { ControlError } from "./control-error.ts";
import { scopesOfGroup } from "./group-scopes.ts";
import { userGroups } from "./user-groups.ts";

interface Joining {
  readonly caller: Caller;
  readonly store: ControlStore;
  readonly nowMs: number;
}

/**
 * What puts a user into a group.
 * @param user record of the user, whose version counts the groups. @default - the user is not active
 * @returns `undefined` for a user who is in the group already
 * @throws {ControlError} for a group that gives more than the caller has, and for a user who is in as many as there may be
 */
export async function joinGroup(
  call: Joining,
  group: RecordOf<"group">,
  userId: string,
  user: RecordOf<"user"> | undefined,
): Promise<readonly Change[] | undefined> {
  const { caller, store, nowMs } = call;
  const basis = requireScopes(call, await scopesOfGroup(store, caller.organizationId, group));
  const groups = await userGroups(store, caller.organizationId, userId);
  const before = groups.find(({ link }) => link.groupId === group.id)?.link;
  if (before !== undefined && isHeld(before, nowMs)) return undefined;
  if (before !== undefined) return [...prolonged(before), requireUnchanged(group), ...basis];
  const deleted = groups.filter((one) => one.group === undefined);
  if (groups.length - deleted.length >= MAX_GROUPS_PER_USER)
    throw new ControlError(
      "invalid_request",
      `A user is in at most ${MAX_GROUPS_PER_USER} groups; remove '${userId}' from another one first.`,
      { param: "user_id" },
    );
  const link = { version: 1, groupId: group.id, userId } as const;
  return [
    { action: "create", record: { kind: "groupUser", ...link, addedAt: unixSeconds(nowMs) } },
    { action: "create", record: { kind: "userGroup", ...link } },
    ...deleted.map((one) => removeRecord(one.link)),
    requireUnchanged(group),
    ...(user ? [raiseVersion(user)] : []), // so that two requests at once do not exceed the limit
    ...basis,
  ];
}

/** A membership whose time was over, and which has no end any more. */
function prolonged({ heldUntil: _, ...link }: RecordOf<"userGroup">): readonly Change[] {
  return [{ action: "replace", record: { ...link, version: link.version + 1 }, version: link.version }];
}
