import type { AccessTokenSettings } from "../../contracts/processes/access-tokens.ts";
import { type AuthorizerContext, DEFAULT_PLAN } from "../../contracts/processes/auth.ts";
import { AccessTokens } from "../../domain/issuers/access-tokens.ts";
import { IssuerKeys } from "../../domain/issuers/issuer-keys.ts";
import { TokenError } from "../../domain/issuers/token-error.ts";
import { principalId } from "../../domain/people/principal-id.ts";
import { fetchDocument } from "../../lib/http/fetch-document.ts";

/** In place of a key's id: who a person is, is for the gateway to find out. */
const PERSON = "person";

export interface TokenPlan {
  readonly context: AuthorizerContext;
  /** Whether the token's scopes permit nothing at this API. */
  readonly mayNothing: boolean;
}

export interface TokenPlans {
  /** Whether a credential is to be read as a token. */
  has(credential: string): boolean;
  /**
   * The usage plan of a token's principal.
   * @returns `undefined` for a token that is not valid
   * @throws {IssuerUnavailable} while the issuer's keys can't be read
   */
  planOf(token: string): Promise<TokenPlan | undefined>;
}

export function tokenPlans(settings: AccessTokenSettings): TokenPlans {
  const keys = new IssuerKeys({ read: fetchDocument, now: () => performance.now() });
  const tokens = new AccessTokens({ settings, keys, wallClock: Date.now });
  return {
    has: (credential) => AccessTokens.has(credential),
    planOf: async (token) => {
      try {
        const { principal, scopes } = await tokens.verify(token);
        if (principal.type !== "workload")
          return {
            context: { keyId: PERSON, plan: settings.people?.plan ?? DEFAULT_PLAN },
            mayNothing: scopes?.length === 0,
          };
        const policy = settings.workloads.find(({ name }) => name === principal.policy);
        return {
          context: { keyId: principalId(principal), plan: policy?.plan ?? DEFAULT_PLAN },
          mayNothing: false,
        };
      } catch (error) {
        if (error instanceof TokenError) return undefined;
        throw error;
      }
    },
  };
}
