import type { RecordOf } from "../../contracts/control/records.ts";
import type { Session } from "../../contracts/sign-in/session.ts";
import { newPersonAdminKey } from "../../domain/people/person-admin-key.ts";
import { newPersonKey, ROLE_KEY_SCOPES } from "../../domain/people/person-key.ts";
import { type PersonProject, projectsOf } from "../../domain/people/person-projects.ts";
import { organizationPermissions } from "../../domain/people/role-grants.ts";
import type { Change } from "../../domain/tenancy/changes.ts";
import { keySeconds, type SubjectClaims } from "../../domain/workloads/choose-policy.ts";
import { OAuthError } from "./oauth-error.ts";
import type { PeopleTools, SignInAttempt } from "./signed-in-person.ts";

/** The keys that a browser gets. */
export interface SessionKeys {
  readonly claims: SubjectClaims;
  readonly sessionId: string;
  /** The project of the key for models. @default - the person's only one */
  readonly projectId: string | undefined;
  /** When the session ends, in seconds since 1970. */
  readonly expiresAt: number;
}

export interface IssuedKeys {
  readonly session: Session;
  readonly facts: Readonly<Record<string, unknown>>;
}

const MAX_NAME = 200;

/**
 * Makes the keys of a session: of the control API, and for models of one project.
 * @param more changes of the same transaction, which hold only while the session is there
 */
export async function issueSessionKeys(
  { claims, sessionId, projectId, expiresAt }: SessionKeys,
  { signedIn, facts, nowMs }: SignInAttempt,
  more: readonly Change[],
  { settings, store }: PeopleTools,
): Promise<IssuedKeys | "lost-race"> {
  const { user } = signedIn;
  const seconds = keySeconds(settings, Math.min(claims.exp, expiresAt), nowMs);
  if (seconds < 1) throw new OAuthError("invalid_grant", "The ID token has expired.", { rule: "expiry", facts });
  const { organizationId } = store;
  const [adminKeys, keys, permissions, found = []] = await Promise.all([
    store.get({ kind: "personAdminKeys", ids: [user.id] }),
    store.get({ kind: "personKeys", ids: [user.id] }),
    organizationPermissions(store, user, nowMs),
    projectsOf(signedIn, store, nowMs),
  ]);
  const chosen = await chosenProject(projectId, found, () => projectsOf(signedIn, store, nowMs, projectId));
  const control = newPersonAdminKey({ organizationId, userId: user.id, seconds, stored: adminKeys, sessionId, nowMs });
  const models = chosen && modelsKey(chosen, { seconds, stored: keys });
  const changes: readonly Change[] = [
    ...signedIn.changes,
    ...more,
    ...control.changes,
    ...(chosen && models ? [...chosen.requires, ...models.changes] : []),
  ];
  if ((await store.write(changes, undefined)) !== "stored") return "lost-race";
  return {
    session: {
      id: sessionId,
      user: { id: user.id, email: user.email, name: nameOf(claims) ?? user.name ?? null, role: user.role },
      permissions: [...permissions],
      control: { key: control.secret, expires_at: control.expiresAt },
      projects: found.map(({ project: { id, name }, role }) => ({ id, name, role })),
      project_key:
        chosen && models ? { project_id: chosen.project.id, key: models.secret, expires_at: models.expiresAt } : null,
      expires_at: expiresAt,
    },
    facts: { ...facts, controlKeyId: control.keyId, project: chosen?.project.id, keyId: models?.keyId },
  };

  function modelsKey(
    { role, project, byGroup }: PersonProject,
    key: { readonly seconds: number; readonly stored: RecordOf<"personKeys"> | undefined },
  ) {
    const scopes = ROLE_KEY_SCOPES[role];
    return newPersonKey({ ...key, settings, user, projectId: project.id, scopes, sessionId, byGroup, nowMs });
  }
}

/** The named project; else the only one. @param search finds the named one where all were too many to find */
async function chosenProject(
  projectId: string | undefined,
  found: readonly PersonProject[],
  search: () => Promise<readonly PersonProject[] | undefined>,
): Promise<PersonProject | undefined> {
  if (projectId === undefined) return found.length === 1 ? found[0] : undefined;
  return found.find(({ project }) => project.id === projectId) ?? (await search())?.[0];
}

function nameOf({ all: { name } }: SubjectClaims): string | undefined {
  return typeof name === "string" && name !== "" ? name.slice(0, MAX_NAME).toWellFormed() : undefined;
}
