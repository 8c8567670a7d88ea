import type { PeopleSettings } from "../../contracts/processes/people.ts";
import type { SubjectClaims } from "../workloads/choose-policy.ts";
import { formRefusal } from "./access-token-forms.ts";
import { subjectIdOf } from "./subject-link.ts";

/** Google signs ID tokens for anybody with any verified address; `hd` says that a company manages the account. */
const GOOGLE = "https://accounts.google.com";
/** Without control characters and halves of surrogate pairs: the address is stored and sealed. */
const EMAIL = /^[^\s@#\p{Cc}\p{Cs}]+@[^\s@#\p{Cc}\p{Cs}]+$/u;
const MAX_EMAIL_CHARACTERS = 254;

export type PersonClaims =
  /** The address is in lower case. */
  { readonly email: string; readonly domain: string } | ClaimsRefusal;

interface ClaimsRefusal {
  /** The rule that refuses the claims: `audience`, `authorized-party` or `claims.<name>`. */
  readonly rule: string;
}

/** Who an access token is from: an address, or where it has none, the issuer's id of a person who has signed in before. */
export type TokenPerson = { readonly email: string } | { readonly subjectId: string } | ClaimsRefusal;

/** The person that the claims of an ID token name, whose signature, issuer and times were checked. */
export function personIn(settings: PeopleSettings, { aud, all }: SubjectClaims): PersonClaims {
  const { clientId } = settings;
  if (!aud.includes(audienceOf(settings))) return { rule: "audience" };
  if (all.azp !== undefined && all.azp !== clientId) return { rule: "authorized-party" };
  return addressIn(settings, all);
}

/** The same for an access token, which any client of the issuer may have got for the API's audience. */
export function personOfAccessToken(settings: PeopleSettings, claims: SubjectClaims): TokenPerson {
  const { accessTokens, clientId, userClaim = "email" } = settings;
  if (accessTokens === undefined) return { rule: "audience" };
  const rule = formRefusal(accessTokens, clientId, claims);
  if (rule !== undefined) return { rule };
  const subjectId = Object.hasOwn(claims.all, userClaim) ? undefined : subjectIdOf(claims);
  return subjectId === undefined ? addressIn(settings, claims.all) : { subjectId };
}

function addressIn({ userClaim = "email" }: PeopleSettings, all: SubjectClaims["all"]): PersonClaims {
  const email = Object.hasOwn(all, userClaim) ? all[userClaim] : undefined;
  if (typeof email !== "string" || email.length > MAX_EMAIL_CHARACTERS || !EMAIL.test(email))
    return { rule: `claims.${userClaim}` };
  // Some issuers write the boolean as a text.
  if (userClaim === "email" && all.email_verified !== true && all.email_verified !== "true")
    return { rule: "claims.email_verified" };
  const lower = lowerCase(email);
  return { email: lower, domain: lower.slice(lower.lastIndexOf("@") + 1) };
}

/** Of A to Z alone: the lower case of other letters may be that of another address, as of the sign for kelvin. */
function lowerCase(email: string): string {
  return email.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** A value that the token's `aud` must have. */
export function audienceOf({ clientId, audience = clientId }: PeopleSettings): string {
  return audience;
}

/** Whether everybody with a verified address comes in, whom nobody knows. */
export function isOpen({ admit }: PeopleSettings): boolean {
  return typeof admit === "object" && admit.domains === "any";
}

/** Whether people of the domain come in without an invitation. */
export function admitsDomain({ issuer, admit }: PeopleSettings, domain: string, { all }: SubjectClaims): boolean {
  if (admit === undefined || admit === "invited") return false;
  if (admit.domains === "any") return true;
  if (!admit.domains.includes(domain)) return false;
  return issuer !== GOOGLE || all.hd === domain;
}
