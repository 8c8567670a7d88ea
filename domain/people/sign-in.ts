import type { RecordOf } from "../../contracts/control/records.ts";
import type { PeopleSettings } from "../../contracts/processes/people.ts";
import type { Change } from "../tenancy/changes.ts";
import { newId } from "../tenancy/ids.ts";
import { type FoundAddress, isDeactivated, joins, newMemberships } from "../tenancy/join-organization.ts";
import { unixSeconds } from "../tenancy/unix-seconds.ts";
import { newOwnProject } from "./own-project.ts";
import { isOpen } from "./person-claims.ts";

export interface SignInRequest {
  readonly settings: PeopleSettings;
  /** In lower case. */
  readonly email: string;
  /** Whether the address comes in without an invitation. */
  readonly isAdmitted: boolean;
  /** Role of who comes in by a group of the directory. @default - nobody does */
  readonly groupRole?: "reader" | "member" | undefined;
  readonly nowMs: number;
}

/** A user who may sign in, and what makes a person one. */
export interface SignedIn {
  readonly user: RecordOf<"user">;
  /** Of a user who is new; `undefined` of one whose memberships are stored. */
  readonly newMemberships: readonly RecordOf<"membership">[] | undefined;
  /** A project that is made with the user. @default - none is */
  readonly newProject?: RecordOf<"project"> | undefined;
  /** Whether the user is one whom nobody has invited, nor knows by the domain of the address. @default false */
  readonly isSignUp?: boolean;
  readonly changes: readonly Change[];
}

/**
 * The user of an address: one of the organisation, one whose invitation is accepted now, or a new one of an admitted domain.
 * @returns `undefined` when the person may not come in
 */
export function signIn(found: FoundAddress, request: SignInRequest): SignedIn | undefined {
  const { settings, email, isAdmitted, groupRole, nowMs } = request;
  const { user, invite } = found;
  if (user) {
    const unchanged = { action: "require", key: { kind: "user", ids: [user.id] }, version: user.version } as const;
    return { user, newMemberships: undefined, changes: [unchanged] };
  }
  if (isDeactivated(found)) return undefined;
  const isInvited = invite !== undefined && invite.acceptedAt === undefined && invite.expiresAt * 1000 > nowMs;
  if (!isInvited && !isAdmitted && groupRole === undefined) return undefined;
  const { admit = "invited" } = isAdmitted ? settings : {};
  const ofDomain = admit === "invited" ? [] : (admit.projectIds ?? []).map((id) => ({ id, role: "member" as const }));
  const role = isInvited ? invite.role : ((admit === "invited" ? groupRole : admit.role) ?? "reader");
  const created = {
    kind: "user",
    version: 1,
    id: newId("user", nowMs),
    email,
    role,
    addedAt: unixSeconds(nowMs),
  } as const;
  // Who was invited has the projects of the invitation.
  const own =
    isInvited || admit === "invited" || !admit.ownProject ? undefined : newOwnProject(admit.ownProject, created, nowMs);
  const projects = [
    ...(isInvited ? invite.projects : ofDomain),
    ...(own ? [{ id: own.project.id, role: "owner" as const }] : []),
  ];
  const memberships = newMemberships(projects, created, nowMs);
  const address = { ...found, invite: isInvited ? invite : undefined };
  return {
    user: created,
    newMemberships: memberships,
    newProject: own?.project,
    isSignUp: !isInvited && isAdmitted && isOpen(settings),
    changes: [...joins(address, created, memberships, nowMs), ...(own?.changes ?? [])],
  };
}
