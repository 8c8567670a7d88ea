import type { RecordOf } from "../../contracts/control/records.ts";
import type { SignedIn } from "../../domain/people/sign-in.ts";
import { type Change, requireUnchanged } from "../../domain/tenancy/changes.ts";
import type { PeopleTools } from "./signed-in-person.ts";

/** A project that a person may have keys of, and by what. */
export interface PersonProject {
  readonly membership: RecordOf<"membership">;
  readonly project: RecordOf<"project">;
}

/**
 * The projects of a user that are not archived.
 * @param wanted id of the only one that matters. @default - all
 * @returns `undefined` when the organisation has too many memberships to search them
 */
export async function projectsOf(
  { user, newMemberships }: SignedIn,
  store: PeopleTools["store"],
  wanted?: string,
): Promise<readonly PersonProject[] | undefined> {
  const memberships = newMemberships ?? (await storedMemberships(user.id, wanted, store));
  const candidates = memberships?.filter(({ projectId }) => wanted === undefined || projectId === wanted);
  if (candidates === undefined) return undefined;
  const found = await Promise.all(
    candidates.map(async (membership): Promise<readonly PersonProject[]> => {
      const project = await store.get({ kind: "project", ids: [membership.projectId] });
      return project === undefined || project.archivedAt !== undefined ? [] : [{ membership, project }];
    }),
  );
  return found.flat();
}

/** What must be unchanged for a key of the project to be the user's. */
export function projectRequirements({ membership, project }: PersonProject, { newMemberships }: SignedIn) {
  const isMember = newMemberships === undefined;
  return [project, ...(isMember ? [membership] : [])].map((record): Change => requireUnchanged(record));
}

async function storedMemberships(userId: string, wanted: string | undefined, store: PeopleTools["store"]) {
  if (wanted === undefined) return await store.membershipsOf(userId);
  const membership = await store.get({ kind: "membership", ids: [wanted, userId] });
  return membership === undefined ? [] : [membership];
}
