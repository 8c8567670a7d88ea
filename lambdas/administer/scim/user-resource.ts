import type { RecordOf } from "../../../contracts/control/records.ts";
import type { ScimUserBody } from "../../../contracts/scim/resources.ts";
import { SCIM } from "../../../contracts/scim/schemas.ts";
import type { ControlStore } from "../store/control-store.ts";
import { metaOf } from "./scim-call.ts";

/** What is stored about a user: one of both at least. */
export interface StoredUser {
  readonly id: string;
  /** @default - the user is not active */
  readonly user: RecordOf<"user"> | undefined;
  /** @default - nobody has provisioned the user yet */
  readonly provisioned: RecordOf<"scimUser"> | undefined;
}

/** @returns `undefined` where there is no user with this id */
export async function storedUser(
  store: ControlStore,
  organizationId: string,
  id: string,
): Promise<StoredUser | undefined> {
  const [user, provisioned] = await Promise.all([
    store.get(organizationId, { kind: "user", ids: [id] }),
    store.get(organizationId, { kind: "scimUser", ids: [id] }),
  ]);
  return user === undefined && provisioned === undefined ? undefined : { id, user, provisioned };
}

/** The user's attributes as a client would send them. */
export function attributesOf({ user, provisioned }: StoredUser): ScimUserBody {
  const { externalId, displayName } = provisioned ?? {};
  const name = {
    formatted: provisioned?.formatted,
    givenName: provisioned?.givenName,
    familyName: provisioned?.familyName,
  };
  const hasName = Object.values(name).some((part) => part !== undefined);
  return {
    userName: user?.email ?? provisioned?.userName ?? "",
    externalId,
    displayName: displayName ?? user?.name,
    name: hasName ? name : undefined,
    active: user !== undefined,
  };
}

/** The resource of RFC 7643, section 4.1. Attributes without a value are left out. */
export function userResource(stored: StoredUser) {
  const { userName, externalId, displayName, name, active } = attributesOf(stored);
  const { user, provisioned } = stored;
  const created = user?.addedAt ?? provisioned?.createdAt ?? 0;
  return {
    schemas: [SCIM.user],
    id: stored.id,
    externalId,
    userName,
    displayName,
    name,
    emails: [{ value: userName, type: "work", primary: true }],
    active,
    meta: metaOf("User", stored.id, provisioned?.createdAt ?? created, provisioned?.updatedAt ?? created),
  };
}
