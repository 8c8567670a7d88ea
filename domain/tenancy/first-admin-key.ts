import type { RecordOf } from "../../contracts/control/records.ts";
import type { ControlScope } from "../../contracts/control/scopes.ts";
import type { NewApiKey } from "../keys/api-key.ts";
import { adminKeyRecord, createAdminKey } from "./admin-key-record.ts";
import type { Change } from "./changes.ts";
import { newId } from "./ids.ts";
import { eventsOf, type FoundAddress, joins, newMemberships } from "./join-organization.ts";
import { unixSeconds } from "./unix-seconds.ts";

/** What is stored about an organisation and an e-mail address. */
export interface FoundMember extends FoundAddress {
  readonly organization: RecordOf<"organization"> | undefined;
}

export interface FirstAdminKey {
  readonly organizationId: string;
  /** In lower case. */
  readonly email: string;
  /** Of the key. */
  readonly name: string;
  /** @default - the key does not expire */
  readonly expiresInSeconds?: number | undefined;
  /** What the key permits at most. @default - all that its user may do */
  readonly scopes?: readonly ControlScope[] | undefined;
  readonly nowMs: number;
}

/** What the operator's command changes, and for whom. */
export interface FirstAdminKeyChanges {
  readonly user: RecordOf<"user">;
  readonly keyId: string;
  readonly changes: readonly Change[];
}

/**
 * An admin key for an address, made by who has access to the table itself. Organisation and user are made where they are
 * absent: a user who was invited gets the role of the invitation, any other is an owner.
 */
export function firstAdminKey(found: FoundMember, request: FirstAdminKey, made: NewApiKey): FirstAdminKeyChanges {
  const { organizationId, name, expiresInSeconds, scopes, nowMs } = request;
  const user = found.user ?? newUser(found.invite, request);
  const key = adminKeyRecord(made, { name, ownerId: user.id, expiresInSeconds, scopes, nowMs });
  const memberships = newMemberships(found.invite?.projects ?? [], user, nowMs);
  const event = eventsOf(user, nowMs);
  return {
    user,
    keyId: key.id,
    changes: [
      ...(found.organization ? [] : [newOrganization(organizationId, nowMs)]),
      ...(found.user ? [requireUser(found.user)] : joins(found, user, memberships, nowMs)),
      ...createAdminKey(organizationId, key),
      event("api_key.created", { id: key.id, data: { scopes: key.scopes ?? [] } }),
    ],
  };
}

function newUser(invite: RecordOf<"invite"> | undefined, { email, nowMs }: FirstAdminKey): RecordOf<"user"> {
  const role = invite?.role ?? "owner";
  return { kind: "user", version: 1, id: newId("user", nowMs), email, role, addedAt: unixSeconds(nowMs) };
}

function newOrganization(id: string, nowMs: number): Change {
  return { action: "create", record: { kind: "organization", version: 1, id, createdAt: unixSeconds(nowMs) } };
}

function requireUser({ id, version }: RecordOf<"user">): Change {
  return { action: "require", key: { kind: "user", ids: [id] }, version };
}
