import type { RecordOf } from "../../contracts/control/records.ts";
import type { PeopleSettings } from "../../contracts/processes/people.ts";
import { admitsDomain, personIn } from "../../domain/people/person-claims.ts";
import { liveKeys, MAX_LIVE_KEYS_PER_USER, newPersonKey, ROLE_KEY_SCOPES } from "../../domain/people/person-key.ts";
import { type SignedIn, signIn } from "../../domain/people/sign-in.ts";
import { keySeconds, type SubjectClaims, scopesFor } from "../../domain/workloads/choose-policy.ts";
import { exchangeRecord } from "../../domain/workloads/workload-key.ts";
import type { ExchangeRequest } from "./exchange-request.ts";
import { OAuthError } from "./oauth-error.ts";
import type { PeopleStore } from "./people-store.ts";
import type { DecodedToken } from "./token/decode-token.ts";
import { type Exchanged, tokenResponse } from "./token-response.ts";

export interface PeopleTools {
  readonly settings: PeopleSettings;
  readonly store: Pick<PeopleStore, "find" | "get" | "membershipsOf" | "write">;
}

/** A person's verified token. */
export interface PersonToken {
  readonly request: ExchangeRequest;
  readonly token: DecodedToken;
  readonly claims: SubjectClaims;
}

/** Changes of the organisation may come between; each one is read again. */
const ATTEMPTS = 4;
const MAX_LISTED_PROJECTS = 20;

/**
 * Exchanges a person's ID token for a key of a project.
 * @throws {OAuthError} when the person gets none
 */
export async function exchangePerson(
  { request, token, claims }: PersonToken,
  { settings, store }: PeopleTools,
  wallClock: () => number,
): Promise<Exchanged> {
  const person = personIn(settings, claims);
  const facts = { issuer: claims.iss, subject: claims.sub };
  if ("rule" in person) {
    const message = "The token is valid, but its claims do not name a person who may sign in.";
    throw new OAuthError("invalid_grant", message, { rule: `people: ${person.rule}`, facts });
  }
  const { email } = person;
  const isAdmitted = admitsDomain(settings, person.domain, claims);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const nowMs = wallClock();
    const signedIn = signIn(await store.find(email), { settings, email, isAdmitted, nowMs });
    if (signedIn === undefined)
      throw new OAuthError("invalid_grant", `${ascii(email)} is not in the organisation. An owner can invite you.`, {
        rule: "people: not-invited",
        facts: { ...facts, email },
      });
    const result = await issue({ request, token, claims, signedIn, nowMs }, { settings, store });
    if (result !== "lost-race") return result;
  }
  throw new OAuthError("temporarily_unavailable", "Other changes of the organisation came first. Try again.", {
    status: 503,
    rule: "people: lost-race",
    facts,
    retryAfterSeconds: 1,
  });
}

interface Attempt extends PersonToken {
  readonly signedIn: SignedIn;
  readonly nowMs: number;
}

async function issue(attempt: Attempt, { settings, store }: PeopleTools): Promise<Exchanged | "lost-race"> {
  const { request, token, claims, signedIn, nowMs } = attempt;
  const { user, changes } = signedIn;
  const facts = { issuer: claims.iss, subject: claims.sub, user: user.id };
  const refuse = (code: "invalid_grant" | "invalid_scope", message: string, rule: string) =>
    new OAuthError(code, message, { rule: `people: ${rule}`, facts });
  const seconds = keySeconds(settings, claims.exp, nowMs);
  if (seconds < 1) throw refuse("invalid_grant", "The token has expired.", "expiry");
  const chosen = await chooseProject(attempt, store, facts);
  if (chosen === undefined) {
    // The person is a user from now on, so that an owner can add them to a project.
    const isStored = signedIn.newMemberships === undefined || (await store.write(changes, undefined)) === "stored";
    if (!isStored) return "lost-race";
    throw refuse("invalid_grant", "You are a member of no project. An owner can add you to one.", "no-project");
  }
  const { membership, project } = chosen;
  const scopes = scopesFor({ scopes: ROLE_KEY_SCOPES[membership.role] }, request.scope);
  if (scopes === undefined)
    throw refuse("invalid_scope", "A requested scope is not one of your role in the project.", "scope");
  const stored = await store.get({ kind: "personKeys", ids: [user.id] });
  refuseTooMany(stored, nowMs, facts);
  const key = newPersonKey({ settings, user, projectId: project.id, scopes, seconds, stored, nowMs });
  const isMember = signedIn.newMemberships === undefined;
  const required = [project, ...(isMember ? [membership] : [])].map(unchanged);
  const used = exchangeRecord("subject-token", token.signed, new Date(nowMs), Math.ceil(claims.exp) + 1);
  const written = await store.write([...changes, ...required, ...key.changes], used);
  if (written === "lost-race") return written;
  if (written === "used")
    throw refuse("invalid_grant", "The token was exchanged before. Get a new one from its issuer.", "reuse");
  return {
    response: { ...tokenResponse(key.secret, seconds, scopes), project_id: project.id },
    issuedTo: "person",
    facts: { ...facts, project: project.id, keyId: key.keyId, expiresAt: new Date(1000 * key.expiresAt).toISOString() },
  };
}

interface ChosenProject {
  readonly membership: RecordOf<"membership">;
  readonly project: RecordOf<"project">;
}

/**
 * The project that the request names, or the only one of the user.
 * @returns `undefined` when the user is a member of none
 */
async function chooseProject(
  { request, signedIn }: Attempt,
  store: PeopleTools["store"],
  facts: Readonly<Record<string, unknown>>,
): Promise<ChosenProject | undefined> {
  const choices = await activeProjects(request.project, signedIn, store);
  if (choices === undefined || choices.length > 1)
    throw new OAuthError(
      "invalid_request",
      "You are a member of several projects: send project_id with the id of one.",
      {
        rule: "people: project",
        facts,
        details: {
          projects: (choices ?? []).slice(0, MAX_LISTED_PROJECTS).map(({ project: { id, name } }) => ({ id, name })),
        },
      },
    );
  const [only] = choices;
  if (only === undefined && request.project !== undefined)
    throw new OAuthError("invalid_grant", "You are not a member of the project that project_id names.", {
      rule: "people: not-a-member",
      facts,
    });
  return only;
}

async function activeProjects(
  wanted: string | undefined,
  { user, newMemberships }: SignedIn,
  store: PeopleTools["store"],
): Promise<readonly ChosenProject[] | undefined> {
  const memberships = newMemberships ?? (await storedMemberships(user.id, wanted, store));
  const candidates = memberships?.filter(({ projectId }) => wanted === undefined || projectId === wanted);
  if (candidates === undefined) return undefined;
  const found = await Promise.all(
    candidates.map(async (membership): Promise<readonly ChosenProject[]> => {
      const project = await store.get({ kind: "project", ids: [membership.projectId] });
      return project === undefined || project.archivedAt !== undefined ? [] : [{ membership, project }];
    }),
  );
  return found.flat();
}

async function storedMemberships(userId: string, wanted: string | undefined, store: PeopleTools["store"]) {
  if (wanted === undefined) return await store.membershipsOf(userId);
  const membership = await store.get({ kind: "membership", ids: [wanted, userId] });
  return membership === undefined ? [] : [membership];
}

function refuseTooMany(
  stored: RecordOf<"personKeys"> | undefined,
  nowMs: number,
  facts: Readonly<Record<string, unknown>>,
): void {
  const live = liveKeys(stored, nowMs);
  if (live.length < MAX_LIVE_KEYS_PER_USER) return;
  const firstEnd = Math.min(...live.map(({ expiresAt }) => expiresAt));
  throw new OAuthError("temporarily_unavailable", `You have ${live.length} keys that work. Use one until it ends.`, {
    status: 429,
    rule: "people: live-keys",
    facts,
    retryAfterSeconds: Math.max(1, Math.ceil(firstEnd - nowMs / 1000)),
  });
}

function unchanged(record: RecordOf<"project"> | RecordOf<"membership">) {
  const ids = record.kind === "project" ? [record.id] : [record.projectId, record.userId];
  return { action: "require", key: { kind: record.kind, ids }, version: record.version } as const;
}

/** RFC 6749 allows no other characters in a description. */
function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, "?");
}
