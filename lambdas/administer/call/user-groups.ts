import type { RecordOf } from "../../../contracts/control/records.ts";
import { isHeld } from "../../../domain/people/directory-groups.ts";
import { MAX_GROUPS_PER_USER } from "../../../domain/people/group-access.ts";
import type { ControlStore } from "../store/control-store.ts";

/** A group that a user is in. */
export interface UserGroup {
  readonly link: RecordOf<"userGroup">;
  /** @default - the group was deleted, and the link has no effect */
  readonly group: RecordOf<"group"> | undefined;
}

/** The groups that a user is in, deleted ones included. */
export async function userGroups(
  store: ControlStore,
  organizationId: string,
  userId: string,
): Promise<readonly UserGroup[]> {
  const range = { kind: "userGroup", within: [userId], limit: MAX_GROUPS_PER_USER } as const;
  const { records } = await store.list(organizationId, range);
  return Promise.all(
    records.map(async (link) => ({
      link,
      group: await store.get(organizationId, { kind: "group", ids: [link.groupId] }),
    })),
  );
}

/** Those by which a user has roles: without the memberships whose time is over. */
export async function heldGroups(
  store: ControlStore,
  organizationId: string,
  userId: string,
  nowMs: number,
): Promise<readonly UserGroup[]> {
  return (await userGroups(store, organizationId, userId)).filter(({ link }) => isHeld(link, nowMs));
}
