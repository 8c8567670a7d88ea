import type { RecordOf } from "../../contracts/control/records.ts";
import { CONTROL_AUDIENCE } from "../../contracts/processes/people.ts";
import type { DecodedToken } from "../../domain/issuers/decode-token.ts";
import { newPersonAdminKey } from "../../domain/people/person-admin-key.ts";
import { MAX_LIVE_KEYS_PER_USER, newPersonKey, ROLE_KEY_SCOPES, signInKeys } from "../../domain/people/person-key.ts";
import { type PersonProject, projectsOf } from "../../domain/people/person-projects.ts";
import type { Change } from "../../domain/tenancy/changes.ts";
import { keySeconds, type SubjectClaims, scopesFor } from "../../domain/workloads/choose-policy.ts";
import { type ExchangeRecord, exchangeRecord } from "../../domain/workloads/workload-key.ts";
import type { ExchangeRequest } from "./exchange-request.ts";
import { OAuthError, type OAuthErrorCode } from "./oauth-error.ts";
import { asSignedIn, type PeopleTools, type SignInAttempt } from "./signed-in-person.ts";
import { type Exchanged, tokenResponse } from "./token-response.ts";

/** A person's verified token. */
export interface PersonToken {
  readonly request: ExchangeRequest;
  readonly token: DecodedToken;
  readonly claims: SubjectClaims;
}

const MAX_LISTED_PROJECTS = 20;

/**
 * Exchanges a person's ID token for a key of a project, or for one of the control API.
 * @throws {OAuthError} when the person gets none
 */
export async function exchangePerson(
  person: PersonToken,
  tools: PeopleTools,
  wallClock: () => number,
): Promise<Exchanged> {
  const issue = person.request.audience === CONTROL_AUDIENCE ? issueAdminKey : issueKey;
  // By then the person's groups would have been changed.
  if (tools.settings.groups !== undefined && (await tools.store.isUsed(usedToken(person, wallClock()))))
    throw reused({ facts: { issuer: person.claims.iss, subject: person.claims.sub } });
  return await asSignedIn(person.claims, tools, wallClock, async (attempt) => {
    const seconds = keySeconds(tools.settings, person.claims.exp, attempt.nowMs);
    if (seconds < 1) throw refusal("invalid_grant", "The token has expired.", "expiry", attempt);
    return await issue({ ...person, ...attempt, seconds }, tools);
  });
}

interface Issue extends PersonToken, SignInAttempt {
  readonly seconds: number;
}

function refusal(
  code: OAuthErrorCode,
  message: string,
  rule: string,
  { facts }: Pick<SignInAttempt, "facts">,
): OAuthError {
  return new OAuthError(code, message, { rule: `people: ${rule}`, facts });
}

async function issueKey(attempt: Issue, { settings, store }: PeopleTools): Promise<Exchanged | "lost-race"> {
  const { request, signedIn, nowMs, facts, seconds } = attempt;
  const { user, changes } = signedIn;
  const chosen = await chooseProject(attempt, store);
  if (chosen === undefined) {
    // The person is a user from now on, so that an owner can add them to a project.
    const isStored = signedIn.newMemberships === undefined || (await store.write(changes, undefined)) === "stored";
    if (!isStored) return "lost-race";
    throw refusal(
      "invalid_grant",
      "You are a member of no project. An owner can add you to one.",
      "no-project",
      attempt,
    );
  }
  const { project, role, requires, byGroup } = chosen;
  const scopes = scopesFor({ scopes: ROLE_KEY_SCOPES[role] }, request.scope);
  if (scopes === undefined)
    throw refusal("invalid_scope", "A requested scope is not one of your role in the project.", "scope", attempt);
  const stored = await store.get({ kind: "personKeys", ids: [user.id] });
  refuseTooMany(stored, attempt);
  const key = newPersonKey({ settings, user, projectId: project.id, scopes, seconds, stored, byGroup, nowMs });
  const all = [...changes, ...requires, ...key.changes];
  if ((await storeOnce(attempt, all, store)) === "lost-race") return "lost-race";
  return {
    response: { ...tokenResponse(key.secret, seconds, scopes), project_id: project.id },
    issuedTo: "person",
    facts: { ...facts, project: project.id, ...keyFacts(key) },
  };
}

/** A key of the control API, which acts as the user, with the roles that the user has at each request. */
async function issueAdminKey(attempt: Issue, { store }: PeopleTools): Promise<Exchanged | "lost-race"> {
  const { request, signedIn, nowMs, facts, seconds } = attempt;
  if (request.scope !== undefined)
    throw refusal(
      "invalid_scope",
      "A key of the control API has the roles of its user: leave scope out.",
      "scope",
      attempt,
    );
  if (request.project !== undefined)
    throw refusal(
      "invalid_request",
      "A key of the control API is for the whole organisation: leave project_id out.",
      "project",
      attempt,
    );
  const userId = signedIn.user.id;
  const stored = await store.get({ kind: "personAdminKeys", ids: [userId] });
  const { organizationId } = store;
  const key = newPersonAdminKey({ organizationId, userId, seconds, stored, nowMs });
  if ((await storeOnce(attempt, [...signedIn.changes, ...key.changes], store)) === "lost-race") return "lost-race";
  return {
    response: tokenResponse(key.secret, seconds, [CONTROL_AUDIENCE]),
    issuedTo: "person",
    facts: { ...facts, audience: CONTROL_AUDIENCE, ...keyFacts(key) },
  };
}

/** Makes the changes, and stores that the token was exchanged. @throws {OAuthError} when it was exchanged before */
async function storeOnce(
  attempt: Issue,
  changes: readonly Change[],
  store: PeopleTools["store"],
): Promise<"stored" | "lost-race"> {
  const written = await store.write(changes, usedToken(attempt, attempt.nowMs));
  if (written !== "used") return written;
  throw reused(attempt);
}

function usedToken({ token, claims }: PersonToken, nowMs: number): ExchangeRecord {
  return exchangeRecord("subject-token", token.signed, new Date(nowMs), Math.ceil(claims.exp) + 1);
}

function reused(attempt: Pick<SignInAttempt, "facts">): OAuthError {
  return refusal("invalid_grant", "The token was exchanged before. Get a new one from its issuer.", "reuse", attempt);
}

function keyFacts({ keyId, expiresAt }: { readonly keyId: string; readonly expiresAt: number }) {
  return { keyId, expiresAt: new Date(1000 * expiresAt).toISOString() };
}

/**
 * The project that the request names, or the only one of the user.
 * @returns `undefined` when the user is a member of none
 */
async function chooseProject(
  { request, signedIn, facts, nowMs }: Issue,
  store: PeopleTools["store"],
): Promise<PersonProject | undefined> {
  const choices = await projectsOf(signedIn, store, nowMs, request.project);
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

function refuseTooMany(stored: RecordOf<"personKeys"> | undefined, { nowMs, facts }: Issue): void {
  const live = signInKeys(stored, nowMs);
  if (live.length < MAX_LIVE_KEYS_PER_USER) return;
  const firstEnd = Math.min(...live.map(({ expiresAt }) => expiresAt));
  throw new OAuthError("temporarily_unavailable", `You have ${live.length} keys that work. Use one until it ends.`, {
    status: 429,
    rule: "people: live-keys",
    facts,
    retryAfterSeconds: Math.max(1, Math.ceil(firstEnd - nowMs / 1000)),
  });
}
