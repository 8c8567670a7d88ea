import type { AccessTokenForm } from "../../contracts/processes/people.ts";
import type { SubjectClaims } from "../workloads/choose-policy.ts";

interface Form {
  /** What the token is for. */
  readonly audiences: (claims: SubjectClaims) => readonly string[];
  /** Claims that only an access token has, with their values. */
  readonly marks: Readonly<Record<string, string>>;
  /** Whether `aud` may name the client: otherwise that is an ID token. */
  readonly mayNameClient: boolean;
}

/** Cognito's: "Understanding the access token" of Amazon Cognito's developer guide. Its ID tokens have `token_use: "id"`. */
const FORMS: Readonly<Record<AccessTokenForm, Form>> = {
  rfc9068: { audiences: ({ aud }) => aud, marks: {}, mayNameClient: false },
  cognito: {
    audiences: ({ all }) => (typeof all.client_id === "string" ? [all.client_id] : []),
    marks: { token_use: "access" },
    mayNameClient: true,
  },
};

/** What an access token is for, by the form in which its issuer says so. */
export function audiencesOf(form: AccessTokenForm = "rfc9068", claims: SubjectClaims): readonly string[] {
  return FORMS[form].audiences(claims);
}

/**
 * Why the claims are none of an access token for this API.
 * @returns `audience` or `claims.<name>`; `undefined` where they are
 */
export function formRefusal(
  { form = "rfc9068", audience }: { readonly form?: AccessTokenForm | undefined; readonly audience: string },
  clientId: string,
  claims: SubjectClaims,
): string | undefined {
  const { audiences, marks, mayNameClient } = FORMS[form];
  const missing = Object.entries(marks).find(([name, value]) => claims.all[name] !== value);
  if (missing !== undefined) return `claims.${missing[0]}`;
  const named = audiences(claims);
  if (!mayNameClient && named.includes(clientId)) return "audience";
  return named.includes(audience) ? undefined : "audience";
}
