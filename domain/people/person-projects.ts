import type { RecordOf } from "../../contracts/control/records.ts";
import { type Change, requireUnchanged } from "../tenancy/changes.ts";
import { predefinedRoles } from "../tenancy/roles.ts";
import { isHeld } from "./directory-groups.ts";
import { type GroupAccess, groupAccess } from "./group-access.ts";
import type { PeopleReads } from "./people-reads.ts";
import type { SignedIn } from "./sign-in.ts";

type Store = Pick<PeopleReads, "get" | "listWithin" | "membershipsOf">;

/** A project that a person may have keys of. */
export interface PersonProject {
  readonly project: RecordOf<"project">;
  /** Of the membership; by a group alone, `member`. */
  readonly role: RecordOf<"membership">["role"];
  /** What must be unchanged for a key of the project to be the person's. */
  readonly requires: readonly Change[];
  /** @default - the person is a member of the project */
  readonly byGroup?: GroupAccess | undefined;
}

/** By what a person is in a project. */
interface Basis extends Pick<PersonProject, "role" | "requires" | "byGroup"> {
  readonly projectId: string;
}

/**
 * The projects of a user that are not archived: those that the user is a member of, and those of the user's groups.
 * @param wanted id of the only one that matters. @default - all
 * @returns `undefined` when the organisation has too many memberships to search them
 */
export async function projectsOf(
  {
    user,
    newMemberships,
    newProject,
  }: Pick<SignedIn, "newMemberships" | "newProject"> & { readonly user: { readonly id: string } },
  store: Store,
  nowMs: number,
  wanted?: string,
): Promise<readonly PersonProject[] | undefined> {
  const [memberships, byGroups, named] = await Promise.all([
    newMemberships ?? storedMemberships(user.id, wanted, store),
    // A new user is in no group.
    newMemberships === undefined ? basesByGroups(user.id, wanted, store, nowMs) : [],
    // The only one that matters needs not wait for what the person is in.
    wanted === undefined || wanted === newProject?.id ? undefined : store.get({ kind: "project", ids: [wanted] }),
  ]);
  if (memberships === undefined) return undefined;
  const isStored = newMemberships === undefined;
  const direct = memberships.map(
    (membership): Basis => ({
      projectId: membership.projectId,
      role: membership.role,
      requires: isStored ? [requireUnchanged(membership)] : [],
    }),
  );
  const bases = new Map([...byGroups, ...direct].map((basis) => [basis.projectId, basis]));
  const candidates = [...bases.values()].filter(({ projectId }) => wanted === undefined || projectId === wanted);
  const found = await Promise.all(
    candidates.map(async ({ projectId, role, requires, byGroup }): Promise<readonly PersonProject[]> => {
      // It is made by the transaction that makes the key.
      if (projectId === newProject?.id) return [{ project: newProject, role, requires, byGroup }];
      const project = projectId === wanted ? named : await store.get({ kind: "project", ids: [projectId] });
      if (project === undefined || project.archivedAt !== undefined) return [];
      return [{ project, role, requires: [requireUnchanged(project), ...requires], byGroup }];
    }),
  );
  return found.flat();
}

async function storedMemberships(userId: string, wanted: string | undefined, store: Store) {
  if (wanted === undefined) return await store.membershipsOf(userId);
  const membership = await store.get({ kind: "membership", ids: [wanted, userId] });
  return membership === undefined ? [] : [membership];
}

/** A group that is in a project and has a role there makes its users members of the project. */
async function basesByGroups(
  userId: string,
  wanted: string | undefined,
  store: Store,
  nowMs: number,
): Promise<readonly Basis[]> {
  const links = (await store.listWithin("userGroup", [userId])).filter((link) => isHeld(link, nowMs));
  const bases = await Promise.all(
    links.map(async (link): Promise<readonly Basis[]> => {
      const group = await store.get({ kind: "group", ids: [link.groupId] });
      if (group === undefined) return [];
      const projects = await store.listWithin("groupProject", [link.groupId]);
      const candidates = projects.filter(({ projectId }) => wanted === undefined || projectId === wanted);
      const found = await Promise.all(
        candidates.map(async ({ projectId }): Promise<readonly Basis[]> => {
          const inProject = await store.get({ kind: "projectGroup", ids: [projectId, group.id] });
          if (inProject === undefined) return [];
          const roleIds = await existingRoles(projectId, group.id, store);
          const byGroup = groupAccess({ link, group, inProject, roleIds });
          return byGroup === undefined ? [] : [{ projectId, role: "member", requires: byGroup.requires, byGroup }];
        }),
      );
      return found.flat();
    }),
  );
  return bases.flat();
}

/** Ids of a group's roles in a project. One that was deleted counts no more. */
async function existingRoles(projectId: string, groupId: string, store: Store): Promise<readonly string[]> {
  const assigned = await store.listWithin("roleAssignment", [projectId, groupId]);
  const existing = await Promise.all(
    assigned.map(async ({ roleId }) => {
      const exists =
        predefinedRoles(projectId).some(({ id }) => id === roleId) ||
        (await store.get({ kind: "role", ids: [projectId, roleId] })) !== undefined;
      return exists ? [roleId] : [];
    }),
  );
  return existing.flat();
}
