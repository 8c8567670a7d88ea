import { hash } from "node:crypto";
import type { AccessTokenSettings } from "../../contracts/processes/access-tokens.ts";
import type { KeyScope } from "../../contracts/processes/auth.ts";
import { audiencesOf } from "../people/access-token-forms.ts";
import { personOfAccessToken } from "../people/person-claims.ts";
import { candidatesOf, choosePolicy } from "../workloads/choose-policy.ts";
import { ACCESS_TOKEN_TYPES, decodeToken } from "./decode-token.ts";
import type { IssuerKeys } from "./issuer-keys.ts";
import { TokenError } from "./token-error.ts";
import { tokenScopes } from "./token-scopes.ts";
import { verifyToken } from "./verify-token.ts";

/** Verified tokens that are remembered; each takes some 300 bytes. */
const MAX_TOKENS = 10_000;
/** A token is verified again after this time, as the issuer may have withdrawn the key that signed it. */
const VERIFIED_MS = 600_000;
/** The start of the object that a JWT begins with, in base64url; no key begins so. */
const TOKEN_START = "eyJ";

/** Who a token is from. */
export type TokenPrincipal =
  /** The address is in lower case. */
  | { readonly type: "person"; readonly email: string }
  /** By the id of `subjectIdOf`. */
  | { readonly type: "subject"; readonly id: string }
  /** By the name of its policy. */
  | { readonly type: "workload"; readonly policy: string };

export interface VerifiedToken {
  readonly principal: TokenPrincipal;
  /** From this time on it is refused; milliseconds since 1970. */
  readonly expiresAt: number;
  /** Narrow the rights of the principal. @default - it has all of them */
  readonly scopes?: readonly KeyScope[] | undefined;
}

export interface AccessTokensOptions {
  readonly settings: AccessTokenSettings;
  readonly keys: IssuerKeys;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Verified tokens that are remembered. @default 10000 */
  readonly maxTokens?: number;
}

interface Remembered extends VerifiedToken {
  /** Milliseconds since 1970. */
  readonly verifyAgainAt: number;
}

/**
 * Tokens of issuers that are valid in place of keys. A verified one is remembered by its SHA-256, so that a further request with it costs
 * one hash. A refused one is not: the requests of its address are counted, as those with wrong keys are.
 */
export class AccessTokens {
  readonly #options: AccessTokensOptions;
  /** By SHA-256 of the token; the one used least recently comes first. */
  readonly #verified = new Map<string, Remembered>();
  readonly #running = new Map<string, Promise<VerifiedToken>>();

  constructor(options: AccessTokensOptions) {
    this.#options = options;
  }

  /** Whether a credential is to be read as a token, and not as a key. */
  static has(credential: string): boolean {
    return credential.startsWith(TOKEN_START);
  }

  /** A token that was verified before and has not expired. */
  known(token: string): VerifiedToken | undefined {
    const id = hash("sha256", token, "base64url");
    const found = this.#verified.get(id);
    if (found === undefined) return undefined;
    this.#verified.delete(id);
    if (this.#options.wallClock() >= Math.min(found.expiresAt, found.verifyAgainAt)) return undefined;
    this.#verified.set(id, found);
    return found;
  }

  /**
   * Verifies a token; requests at the same time share one verification.
   * @throws {TokenError} with the rule that refuses it
   * @throws {IssuerUnavailable} while the issuer's keys can't be read
   */
  async verify(token: string): Promise<VerifiedToken> {
    const known = this.known(token);
    if (known !== undefined) return known;
    const id = hash("sha256", token, "base64url");
    const running = this.#running.get(id);
    if (running !== undefined) return await running;
    const verification = this.#verify(token);
    this.#running.set(id, verification);
    try {
      const verified = await verification;
      this.#remember(id, verified);
      return verified;
    } finally {
      this.#running.delete(id);
    }
  }

  async #verify(text: string): Promise<VerifiedToken> {
    const { settings, keys, wallClock } = this.#options;
    const token = decodeToken(text, ACCESS_TOKEN_TYPES);
    const candidates = candidatesOf(settings.workloads, token.issuer, undefined);
    const people = settings.people?.issuer === token.issuer ? settings.people : undefined;
    const address = people ?? candidates[0];
    if (address === undefined) throw new TokenError("issuer");
    const claims = await verifyToken(token, address, keys, wallClock());
    const expiresAt = claims.exp * 1000;
    // One issuer may be the workloads' too: the audience tells the tokens apart.
    const audiences = audiencesOf(people?.accessTokens?.form, claims);
    if (people && (candidates.length === 0 || audiences.includes(people.accessTokens?.audience ?? ""))) {
      const person = personOfAccessToken(people, claims);
      if ("rule" in person) throw new TokenError(person.rule);
      const scopes = tokenScopes(people.accessTokens?.scopes, claims.all);
      return { principal: principalOf(person), expiresAt, ...(scopes === undefined ? {} : { scopes }) };
    }
    const choice = choosePolicy(candidates, claims);
    if ("refusals" in choice)
      throw new TokenError(choice.refusals.map(({ workload, rule }) => `${workload}:${rule}`).join(","));
    return { principal: { type: "workload", policy: choice.policy.name }, expiresAt };
  }

  #remember(id: string, verified: VerifiedToken): void {
    this.#verified.set(id, { ...verified, verifyAgainAt: this.#options.wallClock() + VERIFIED_MS });
    if (this.#verified.size <= (this.#options.maxTokens ?? MAX_TOKENS)) return;
    const [oldest] = this.#verified.keys();
    if (oldest !== undefined) this.#verified.delete(oldest);
  }
}

function principalOf(person: { readonly email: string } | { readonly subjectId: string }): TokenPrincipal {
  return "email" in person ? { type: "person", email: person.email } : { type: "subject", id: person.subjectId };
}
