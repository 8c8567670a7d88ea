import type { AuditEventType, AuditPayloads } from "../../contracts/control/audit-events.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import type { NewApiKey } from "../keys/api-key.ts";
import { adminKeyRecord, createAdminKey } from "./admin-key-record.ts";
import { createAuditEvent } from "./audit-event.ts";
import type { Change } from "./changes.ts";
import { newId } from "./ids.ts";
import { unixSeconds } from "./unix-seconds.ts";

/** What is stored about an organisation and an e-mail address. */
export interface FoundMember {
  readonly organization: RecordOf<"organization"> | undefined;
  readonly email: RecordOf<"email"> | undefined;
  /** The user that the address belongs to. */
  readonly user: RecordOf<"user"> | undefined;
  /** The invitation that was sent to the address. */
  readonly invite: RecordOf<"invite"> | undefined;
}

export interface FirstAdminKey {
  readonly organizationId: string;
  /** In lower case. */
  readonly email: string;
  /** Of the key. */
  readonly name: string;
  /** @default - the key does not expire */
  readonly expiresInSeconds?: number | undefined;
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
  const { organizationId, name, expiresInSeconds, nowMs } = request;
  const user = found.user ?? newUser(found.invite, request);
  const key = adminKeyRecord(made, { name, ownerId: user.id, expiresInSeconds, nowMs });
  const event = eventsOf(user, nowMs);
  return {
    user,
    keyId: key.id,
    changes: [
      ...(found.organization ? [] : [newOrganization(organizationId, nowMs)]),
      ...(found.user ? [requireUser(found.user)] : joins(found, user, event, nowMs)),
      ...createAdminKey(organizationId, key),
      event("api_key.created", { id: key.id, data: { scopes: [] } }),
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

type Events = <T extends AuditEventType>(type: T, payload: AuditPayloads[T]) => Change;

/** Makes the user a member of the organisation, and of the projects of the invitation. */
function joins(
  { email, invite }: FoundMember,
  user: RecordOf<"user">,
  event: Events,
  nowMs: number,
): readonly Change[] {
  const owned = { kind: "email", email: user.email, ownerId: user.id } as const;
  const memberships = (invite?.projects ?? []).map(({ id: projectId, role }): Change => {
    const record = {
      kind: "membership",
      version: 1,
      projectId,
      userId: user.id,
      role,
      addedAt: unixSeconds(nowMs),
    } as const;
    return { action: "create", record };
  });
  return [
    { action: "create", record: user },
    email
      ? { action: "replace", record: { ...owned, version: email.version + 1 }, version: email.version }
      : { action: "create", record: { ...owned, version: 1 } },
    ...memberships,
    event("user.added", { id: user.id, data: { role: user.role } }),
    ...(invite ? acceptance(invite, event, nowMs) : []),
  ];
}

function acceptance(invite: RecordOf<"invite">, event: Events, nowMs: number): readonly Change[] {
  const record = { ...invite, acceptedAt: unixSeconds(nowMs), version: invite.version + 1 };
  return [{ action: "replace", record, version: invite.version }, event("invite.accepted", { id: invite.id })];
}

function eventsOf({ id, email }: RecordOf<"user">, nowMs: number): Events {
  const actor = { type: "session", session: { user: { id, email } } } as const;
  return (type, payload) => createAuditEvent(type, payload, { actor, nowMs });
}
