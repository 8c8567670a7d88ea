import type { RecordOf } from "../../contracts/control/records.ts";
import type { KeyScope } from "../../contracts/processes/auth.ts";
import { redacted } from "../keys/admin-key.ts";
import { createKey } from "../keys/key-item.ts";
import { noPrevious } from "../keys/key-updates.ts";
import type { Change } from "../tenancy/changes.ts";
import type { NewProjectKey } from "../tenancy/project-keys.ts";
import { unixSeconds } from "../tenancy/unix-seconds.ts";
import type { GroupAccess } from "./group-access.ts";
import { LASTING, lastingKeys, withLastingKeys } from "./person-key.ts";

export interface MemberKeyDescription {
  readonly user: RecordOf<"user">;
  readonly projectId: string;
  readonly name: string;
  /** Usage plan. */
  readonly plan: string;
  readonly scopes: readonly KeyScope[];
  readonly expiresInSeconds: number;
  /** The user's keys, as they are stored. */
  readonly stored: RecordOf<"personKeys"> | undefined;
  /** Ids of the lasting keys that are there no more: their project was archived. */
  readonly gone: ReadonlySet<string>;
  /** By which the user is in the project. @default - the user is a member of it */
  readonly byGroup?: GroupAccess | undefined;
  readonly nowMs: number;
}

/** Makes a lasting key for models that belongs to a member of a project. Nothing is stored. */
export function newMemberKey(description: MemberKeyDescription): NewProjectKey {
  const { user, projectId, name, plan, scopes, expiresInSeconds, stored, gone, byGroup, nowMs } = description;
  const createdAt = unixSeconds(nowMs);
  const expiresAt = createdAt + expiresInSeconds;
  const { secret, item } = createKey({
    name,
    plan,
    createdAt: new Date(nowMs),
    expiresAt: new Date(1000 * expiresAt).toISOString(),
    owner: { type: "user", id: user.id },
    projectId,
    scopes: [...scopes],
  });
  const endedBy = byGroup === undefined ? {} : { endedBy: [...byGroup.endedBy] };
  const record: RecordOf<"projectKey"> = {
    kind: "projectKey",
    version: 1,
    id: `key_${item.keyId}`,
    keyId: item.keyId,
    projectId,
    ownerId: user.id,
    ownerType: "user",
    ...endedBy,
    canRotate: true,
    name,
    redacted: redacted(secret),
    createdAt,
    expiresAt,
  };
  const entry = {
    keyId: item.keyId,
    projectId,
    expiresAt: LASTING,
    ...(byGroup === undefined ? {} : { groupId: byGroup.groupId }),
  };
  const others = lastingKeys(stored).filter(({ keyId }) => !gone.has(keyId));
  const changes: readonly Change[] = [
    { action: "create", record },
    {
      action: "createKey",
      // A release that does not read `endedBy` refuses a key by a group: it would go on there.
      item: {
        ...item,
        ...endedBy,
        previous: noPrevious(new Date(nowMs)),
        ...(byGroup === undefined ? {} : { requires: ["endedBy"] }),
      },
    },
    withLastingKeys(user.id, stored, [...others, entry], nowMs),
  ];
  return { secret, record, changes };
}
