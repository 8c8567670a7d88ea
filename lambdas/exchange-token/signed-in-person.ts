import type { PeopleSettings } from "../../contracts/processes/people.ts";
import { type ClaimedGroups, claimedGroups } from "../../domain/people/directory-groups.ts";
import { admitsDomain, personIn } from "../../domain/people/person-claims.ts";
import { type SignedIn, signIn } from "../../domain/people/sign-in.ts";
import { linkSubject, subjectIdOf } from "../../domain/people/subject-link.ts";
import type { Change } from "../../domain/tenancy/changes.ts";
import type { SubjectClaims } from "../../domain/workloads/choose-policy.ts";
import { MAX_CHANGE_ATTEMPTS, pauseAfter } from "../change-attempts.ts";
import { followGroups, logProblem } from "./follow-groups.ts";
import { OAuthError } from "./oauth-error.ts";
import type { PeopleStore } from "./people-store.ts";

/** People whom nobody has invited, from one address in an hour. Behind the address of an office or a school are more people. */
export const SIGN_UPS_PER_HOUR = 10;

export interface PeopleTools {
  readonly settings: PeopleSettings;
  readonly store: Pick<
    PeopleStore,
    "find" | "get" | "listWithin" | "membershipsOf" | "write" | "isUsed" | "organizationId"
  >;
  /** Counts a user who signs up from the address of this request. @returns how many did in this hour. @default - none is counted */
  readonly countSignUp?: (() => Promise<number>) | undefined;
  /** Writes one line of the log. @default - there is none */
  readonly log?: ((line: Readonly<Record<string, unknown>>) => void) | undefined;
}

/** A person who may sign in, as the tables have them now. */
export interface SignInAttempt {
  readonly signedIn: SignedIn;
  /** What the log says of the person. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly nowMs: number;
}

/**
 * Performs something as the user that the claims of a verified ID token name, who may be a new one.
 * @param perform is done again when it lost a race with another change of the organisation
 * @throws {OAuthError} when the person may not sign in
 */
export async function asSignedIn<T extends object>(
  claims: SubjectClaims,
  tools: PeopleTools,
  wallClock: () => number,
  perform: (attempt: SignInAttempt) => Promise<T | "lost-race">,
): Promise<T> {
  const { settings, store, countSignUp, log = () => {} } = tools;
  const person = personIn(settings, claims);
  const facts = { issuer: claims.iss, subject: claims.sub };
  if ("rule" in person) {
    const message = "The token is valid, but its claims do not name a person who may sign in.";
    throw new OAuthError("invalid_grant", message, { rule: `people: ${person.rule}`, facts });
  }
  const { email } = person;
  const isAdmitted = admitsDomain(settings, person.domain, claims);
  const claimed = settings.groups && claimedGroups(settings.groups, claims.all);
  if (claimed?.problem !== undefined) logProblem(claimed.problem, facts, log);
  const groupRole = claimed?.groupIds.length ? settings.groups?.admit : undefined;
  let isCounted = false;
  // Changes of the organisation may come between; each one is read again.
  for (let attempt = 1; attempt <= MAX_CHANGE_ATTEMPTS; attempt++) {
    const nowMs = wallClock();
    const signedIn = signIn(await store.find(email), { settings, email, isAdmitted, groupRole, nowMs });
    if (signedIn === undefined)
      throw new OAuthError("invalid_grant", `${ascii(email)} is not in the organisation. An owner can invite you.`, {
        rule: "people: not-invited",
        facts: { ...facts, email },
      });
    if (signedIn.isSignUp && !isCounted) {
      isCounted = true;
      if (((await countSignUp?.()) ?? 0) > SIGN_UPS_PER_HOUR) throw tooManySignUps(facts, nowMs);
    }
    const followed = claimed === undefined ? "unchanged" : await follow(signedIn, claimed, claims, tools, nowMs);
    if (followed !== "unchanged") {
      if (followed === "lost-race") await pauseAfter(attempt);
      continue;
    }
    const links = await newLinks(claims, signedIn.user.id, { settings, store }, nowMs);
    const changes = [...signedIn.changes, ...links];
    const result = await perform({
      signedIn: { ...signedIn, changes },
      facts: { ...facts, user: signedIn.user.id },
      nowMs,
    });
    if (result !== "lost-race") return result;
    await pauseAfter(attempt);
  }
  throw new OAuthError("temporarily_unavailable", "Other changes of the organisation came first. Try again.", {
    status: 503,
    rule: "people: lost-race",
    facts,
    retryAfterSeconds: 1,
  });
}

/** Makes the groups those of the token; who is new is stored before, as groups are of users alone. */
async function follow(
  { user, newMemberships, changes }: SignedIn,
  claimed: ClaimedGroups,
  claims: SubjectClaims,
  { settings, store, log = () => {} }: PeopleTools,
  nowMs: number,
): Promise<"unchanged" | "changed" | "lost-race"> {
  if (settings.groups === undefined) return "unchanged";
  if (newMemberships !== undefined)
    return (await store.write(changes, undefined)) === "stored" ? "changed" : "lost-race";
  return await followGroups(user, claimed, claims, { settings: settings.groups, store, log }, nowMs);
}

/** Where access tokens are valid, a person's next one may name the person by the issuer's id alone. */
async function newLinks(
  claims: SubjectClaims,
  userId: string,
  { settings, store }: Pick<PeopleTools, "settings" | "store">,
  nowMs: number,
): Promise<readonly Change[]> {
  const id = settings.accessTokens === undefined ? undefined : subjectIdOf(claims);
  if (id === undefined) return [];
  return linkSubject(await store.get({ kind: "signInSubject", ids: [id] }), { id, userId, nowMs });
}

function tooManySignUps(facts: SignInAttempt["facts"], nowMs: number): OAuthError {
  return new OAuthError("temporarily_unavailable", "Too many people have signed up from this address. Wait.", {
    status: 429,
    rule: "people: sign-ups-of-address",
    facts,
    retryAfterSeconds: 3600 - (Math.floor(nowMs / 1000) % 3600),
  });
}

/** RFC 6749 allows no other characters in a description. */
function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, "?");
}
