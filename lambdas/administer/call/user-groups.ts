import type { RecordOf } from "../../../contracts/control/records.ts";
import type { ControlStore } from "../store/control-store.ts";

/** So that a request reads the roles of few groups, and a transaction has room for them. */
export const MAX_GROUPS_PER_USER = 10;

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
