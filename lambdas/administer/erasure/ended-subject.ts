import type { ControlRecord, RecordKind, RecordOf } from "../../../contracts/control/records.ts";
import { adminKeyIndexKey } from "../../../domain/tenancy/admin-key-record.ts";
import { endKeysOf } from "../../../domain/tenancy/archived-projects.ts";
import { type Change, removeRecord } from "../../../domain/tenancy/changes.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import type { ControlCall } from "../call/control-call.ts";
import { LostRaceError } from "../call/control-error.ts";
import { removedServiceAccount } from "../handlers/service-accounts.ts";
import { removedUser } from "../handlers/users.ts";
import { type ErasableSubject, matching } from "./erasable-subject.ts";

/** What changes records of an organisation. */
interface Writing extends Pick<ControlCall<"createErasure">, "store" | "nowMs"> {
  readonly caller: { readonly organizationId: string };
}

/** A transaction of DynamoDB has at most 100 actions. */
const CHANGES_AT_ONCE = 90;

/** What ends a subject in one transaction: nobody signs in any more, and its keys are refused within a second. */
export async function endingChanges(
  call: Pick<ControlCall<"createErasure">, "caller" | "store" | "nowMs">,
  subject: ErasableSubject,
): Promise<readonly Change[]> {
  const { user, account, project } = subject;
  if (user) return removedUser(call, user);
  if (account) return removedServiceAccount(call, account);
  if (project === undefined || project.archivedAt !== undefined) return [];
  return endKeysOf({ ...project, archivedAt: unixSeconds(call.nowMs) }, call.nowMs).changes;
}

/** Keys that are revoked by `endingChanges`. */
export function revokedKeys(changes: readonly Change[]): number {
  return changes.filter(({ action }) => action === "revokeKey").length;
}

/** Removes the invitation by which a user came, which has the e-mail address: only the user's record says whose it is. */
export async function removeInvites(call: Writing, { email }: RecordOf<"user">): Promise<number> {
  return removeAll(call, await of(call, "invite", (invite) => invite.email === email));
}

/** Removes what is left of a user: admin keys, memberships, roles, groups, sessions, the issuer's ids and openings of histories. @returns how many records */
export async function removePersonalRecords(call: Writing, userId: string): Promise<number> {
  const isOfUser = (one: { readonly userId: string }) => one.userId === userId;
  const adminKeys = await of(call, "adminKey", ({ ownerId }) => ownerId === userId);
  const indexes = await Promise.all(
    adminKeys.map((key) => call.store.get(call.caller.organizationId, adminKeyIndexKey(key))),
  );
  const found: readonly ControlRecord[] = [
    ...adminKeys,
    ...indexes.filter((record) => record !== undefined),
    ...(await of(call, "membership", isOfUser)),
    ...(await of(call, "groupUser", isOfUser)),
    ...(await of(call, "userGroup", isOfUser)),
    ...(await of(call, "browserSession", isOfUser)),
    ...(await of(call, "signInSubject", isOfUser)),
    ...(await of(call, "historyAccess", isOfUser)),
    ...(await of(call, "roleAssignment", ({ principalId }) => principalId === userId)),
  ];
  return removeAll(call, found);
}

function of<K extends RecordKind>({ store, caller }: Writing, kind: K, isWanted: (record: RecordOf<K>) => boolean) {
  return matching(store, caller.organizationId, kind, isWanted);
}

async function removeAll({ store, caller }: Writing, records: readonly ControlRecord[]): Promise<number> {
  for (let start = 0; start < records.length; start += CHANGES_AT_ONCE) {
    const changes = records.slice(start, start + CHANGES_AT_ONCE).map(removeRecord);
    if (!(await store.write(caller.organizationId, changes))) throw new LostRaceError();
  }
  return records.length;
}
