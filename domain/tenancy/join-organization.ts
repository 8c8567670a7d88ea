import type { AuditEventType, AuditPayloads } from "../../contracts/control/audit-payloads.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import { createAuditEvent } from "./audit-event.ts";
import type { Change } from "./changes.ts";
import { unixSeconds } from "./unix-seconds.ts";

/** What is stored about an e-mail address. */
export interface FoundAddress {
  readonly email: RecordOf<"email"> | undefined;
  /** The user that the address belongs to. */
  readonly user: RecordOf<"user"> | undefined;
  /** The invitation that was sent to the address. */
  readonly invite: RecordOf<"invite"> | undefined;
  /** What an identity provider says of the owner of the address. Without a user, it has deactivated the person. */
  readonly provisioned?: RecordOf<"scimUser"> | undefined;
}

/** Whether an identity provider has deactivated the person, who comes back only when it activates them. */
export function isDeactivated({ user, provisioned }: FoundAddress): boolean {
  return user === undefined && provisioned !== undefined;
}

type ProjectRoles = RecordOf<"invite">["projects"];
export type UserEvents = <T extends AuditEventType>(type: T, payload: AuditPayloads[T]) => Change;

/** The memberships of a new user. */
export function newMemberships(
  projects: ProjectRoles,
  user: RecordOf<"user">,
  nowMs: number,
): readonly RecordOf<"membership">[] {
  // An invitation of an earlier release may name a project twice.
  const once = new Map(projects.map((project) => [project.id, project]));
  return [...once.values()].map(({ id: projectId, role }) => ({
    kind: "membership",
    version: 1,
    projectId,
    userId: user.id,
    role,
    addedAt: unixSeconds(nowMs),
  }));
}

/** Makes the user a member of the organisation and of projects, and accepts the invitation. */
export function joins(
  { email, invite }: FoundAddress,
  user: RecordOf<"user">,
  memberships: readonly RecordOf<"membership">[],
  nowMs: number,
): readonly Change[] {
  const owned = { kind: "email", email: user.email, ownerId: user.id } as const;
  const event = eventsOf(user, nowMs);
  return [
    { action: "create", record: user },
    email
      ? { action: "replace", record: { ...owned, version: email.version + 1 }, version: email.version }
      : { action: "create", record: { ...owned, version: 1 } },
    ...memberships.map((record) => ({ action: "create", record }) as const),
    event("user.added", { id: user.id, data: { role: user.role } }),
    ...(invite ? acceptance(invite, event, nowMs) : []),
  ];
}

function acceptance(invite: RecordOf<"invite">, event: UserEvents, nowMs: number): readonly Change[] {
  const record = { ...invite, acceptedAt: unixSeconds(nowMs), version: invite.version + 1 };
  return [{ action: "replace", record, version: invite.version }, event("invite.accepted", { id: invite.id })];
}

/** Audit events of what a user does without a key. */
export function eventsOf({ id, email }: RecordOf<"user">, nowMs: number): UserEvents {
  const actor = { type: "session", session: { user: { id, email } } } as const;
  return (type, payload) => createAuditEvent(type, payload, { actor, nowMs });
}
