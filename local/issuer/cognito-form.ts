import { createHash } from "node:crypto";
import { LOCAL_PEOPLE } from "./issuer-pages.ts";

/** What access tokens are for while they are made: Cognito's have no audience, and oidc-provider makes a JWT for one alone. */
const RESOURCE = "urn:sluice:user-pool";
/** Scopes of the user pool's client. */
const COGNITO_SCOPES = "openid email profile";

interface Payload {
  [claim: string]: unknown;
}

/** The id that a user pool would give a person: a UUID, and not the address. */
export function poolSubject(email: string): string {
  const digits = createHash("sha256").update(email).digest("hex");
  return [8, 4, 4, 4, 12].map((length, index) => digits.slice(index * 12, index * 12 + length)).join("-");
}

/** The address of a person by the id of the pool. */
export function emailOfSubject(subject: string): string | undefined {
  return LOCAL_PEOPLE.find((email) => poolSubject(email) === subject);
}

/** Settings of the provider by which its access tokens have the form of Cognito's. */
export const COGNITO_TOKENS = {
  resourceIndicators: {
    enabled: true,
    defaultResource: () => RESOURCE,
    getResourceServerInfo: () => ({
      scope: "",
      audience: RESOURCE,
      accessTokenFormat: "jwt" as const,
      jwt: { sign: { alg: "RS256" } },
    }),
    useGrantedResource: () => true,
  },
  formats: {
    customizers: {
      jwt: (_: unknown, token: { readonly clientId?: string }, parts: { header: object; payload: Payload }): void => {
        const { payload } = parts;
        parts.header = { typ: "JWT" };
        const form = { client_id: token.clientId, token_use: "access", username: payload.sub, version: 2 };
        Object.assign(payload, form, { scope: COGNITO_SCOPES });
        // The provider demands an audience of each JWT. What can't be enumerated is not in its JSON.
        Object.defineProperty(payload, "aud", { value: RESOURCE, enumerable: false, writable: true });
      },
    },
  },
} as const;

/** Claims that an ID token of Cognito has beside those of OpenID Connect. */
export function cognitoClaims(subject: string): Readonly<Record<string, unknown>> {
  return { token_use: "id", "cognito:username": subject };
}
