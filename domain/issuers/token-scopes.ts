import { KeyScope } from "../../contracts/processes/auth.ts";
import type { TokenScopeSettings } from "../../contracts/processes/people.ts";

/** Claims with the scopes of an access token: RFC 9068, and Microsoft Entra's and Okta's. */
const CLAIMS = ["scope", "scp"];

/**
 * The scopes that narrow what the bearer of a token may do.
 * @param all claims by name, of a token whose signature was checked
 * @returns `undefined` where the token narrows nothing: it names no scope of this API, and none is required
 */
export function tokenScopes(
  { claim, prefix = "", required = false }: TokenScopeSettings = {},
  all: Readonly<Record<string, unknown>>,
): readonly KeyScope[] | undefined {
  const name = claim === undefined ? CLAIMS.find((each) => Object.hasOwn(all, each)) : claim;
  const value = name === undefined || !Object.hasOwn(all, name) ? undefined : all[name];
  const names = value === undefined ? [] : namesIn(value);
  // A claim that can't be read gives nothing.
  if (names === undefined) return [];
  const scopes = names.flatMap((each) =>
    each.startsWith(prefix) ? (KeyScope.safeParse(each.slice(prefix.length)).data ?? []) : [],
  );
  return scopes.length === 0 && !required ? undefined : [...new Set(scopes)];
}

function namesIn(value: unknown): readonly string[] | undefined {
  if (typeof value === "string") return value.split(" ");
  return Array.isArray(value) && value.every((each) => typeof each === "string") ? value : undefined;
}
