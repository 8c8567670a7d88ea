import { LRUCache } from "lru-cache";
import { AccessTokens, type TokenPrincipal, type VerifiedToken } from "../../domain/issuers/access-tokens.ts";
import type { PrincipalChoice, PrincipalKeys } from "./principal-keys.ts";

/** How long it is remembered which user has an address, and which project is a user's only one. */
const TTL_MS = 5000;
/** Persons of whom it is remembered for 5 s which user and project they are. */
const MAX_REMEMBERED = 10_000;

interface Wanted {
  readonly principal: TokenPrincipal;
  readonly project: string | undefined;
}

/** Whose rights a token has, and which of them. */
export type IdentifiedToken = PrincipalChoice & Pick<VerifiedToken, "scopes">;

/** Finds out under which id of rights a token in place of a key is used. */
export class TokenIdentities {
  readonly #tokens: AccessTokens;
  readonly #keys: Pick<PrincipalKeys, "choose" | "isUser">;
  readonly #chosen: LRUCache<string, PrincipalChoice, Wanted>;

  constructor(tokens: AccessTokens, keys: Pick<PrincipalKeys, "choose" | "isUser">, now: () => number) {
    this.#tokens = tokens;
    this.#keys = keys;
    this.#chosen = new LRUCache<string, PrincipalChoice, Wanted>({
      max: MAX_REMEMBERED,
      ttl: TTL_MS,
      ttlResolution: 0,
      perf: { now },
      // Requests at the same time share one look-up.
      fetchMethod: (_name, _old, { context: { principal, project } }) => keys.choose(principal, project),
    });
  }

  /** Whether a credential is a token, and not a key. */
  has(credential: string): boolean {
    return AccessTokens.has(credential);
  }

  /** Whether an id that has no rights is a user's. */
  isUser(id: string): Promise<boolean> {
    return this.#keys.isUser(id);
  }

  /** Whether a token was verified before and has not expired: it is no attempt to guess one. */
  isVerified(token: string): boolean {
    return this.#tokens.known(token) !== undefined;
  }

  /**
   * The same as `find`, where nothing has to be waited for.
   * @returns `undefined` where the token or its principal is to be looked at anew
   */
  known(token: string, project: string | undefined): IdentifiedToken | undefined {
    const verified = this.#tokens.known(token);
    if (verified === undefined) return undefined;
    const choice = this.#chosen.get(nameOf({ principal: verified.principal, project }));
    return choice === undefined ? undefined : withScopes(choice, verified);
  }

  /**
   * @param project that the request names. @default - the person's only one
   * @throws {TokenError} with the rule that refuses the token
   * @throws {IssuerUnavailable} while the issuer's keys can't be read
   */
  async find(token: string, project: string | undefined): Promise<IdentifiedToken> {
    const verified = await this.#tokens.verify(token);
    const context = { principal: verified.principal, project };
    return withScopes(await this.#chosen.forceFetch(nameOf(context), { context }), verified);
  }
}

function withScopes(choice: PrincipalChoice, { scopes }: VerifiedToken): IdentifiedToken {
  return scopes === undefined ? choice : { ...choice, scopes };
}

function nameOf({ principal, project = "" }: Wanted): string {
  switch (principal.type) {
    case "person":
      return `person ${principal.email} ${project}`;
    case "subject":
      return `subject ${principal.id} ${project}`;
    case "workload":
      return `workload ${principal.policy}`;
  }
}
