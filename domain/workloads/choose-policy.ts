import type { KeyScope } from "../../contracts/processes/auth.ts";
import { LONGEST_WORKLOAD_KEY_SECONDS, type WorkloadPolicy } from "../../contracts/processes/workloads.ts";
import { claimMatches } from "./claim-pattern.ts";

/** Claims of a token whose signature was checked. */
export interface SubjectClaims {
  readonly iss: string;
  readonly sub?: string | undefined;
  readonly aud: readonly string[];
  /** Seconds since 1970. */
  readonly exp: number;
  /** All claims by name, these among them. */
  readonly all: Readonly<Record<string, unknown>>;
}

export type PolicyChoice =
  | { readonly policy: WorkloadPolicy }
  /** The rule that each policy of the issuer refused by. */
  | { readonly refusals: readonly { readonly workload: string; readonly rule: string }[] };

/** The policies that a token may be checked against: those of its issuer, or the one of these that the request names. */
export function candidatesOf(
  policies: readonly WorkloadPolicy[],
  issuer: string,
  name: string | undefined,
): readonly WorkloadPolicy[] {
  return policies.filter((policy) => policy.issuer === issuer && (name === undefined || policy.name === name));
}

/** The first policy that the claims meet. */
export function choosePolicy(candidates: readonly WorkloadPolicy[], claims: SubjectClaims): PolicyChoice {
  const refusals: { readonly workload: string; readonly rule: string }[] = [];
  for (const policy of candidates) {
    const rule = refusalOf(policy, claims);
    if (rule === undefined) return { policy };
    refusals.push({ workload: policy.name, rule });
  }
  return { refusals };
}

/** The rule that refuses the claims: `issuer`, `audience` or `claims.<name>`; `undefined` when none does. */
function refusalOf(policy: WorkloadPolicy, { iss, aud, all }: SubjectClaims): string | undefined {
  if (iss !== policy.issuer) return "issuer";
  if (!aud.includes(policy.audience)) return "audience";
  const required = Object.entries(policy.claims);
  if (required.length === 0) return "claims";
  const missed = required.find(([name, pattern]) => !Object.hasOwn(all, name) || !claimMatches(all[name], pattern));
  return missed && `claims.${missed[0]}`;
}

/**
 * Scopes of a key: the policy's, or those of them that a request names.
 * @param requested as in a request: names with spaces between them. @default - all of the policy's
 * @returns `undefined` when one of them is not the policy's
 */
export function scopesFor(
  policy: Pick<WorkloadPolicy, "scopes">,
  requested: string | undefined,
): readonly KeyScope[] | undefined {
  const own: readonly KeyScope[] = policy.scopes ?? ["generate"];
  const names = (requested ?? "").split(" ").filter((name) => name !== "");
  if (names.length === 0) return own;
  const granted = own.filter((scope) => names.includes(scope));
  return names.every((name) => granted.some((scope) => scope === name)) ? granted : undefined;
}

/** Whole seconds that a key may live: the policy's, and no longer than the token. Below 1 when the token has expired. */
export function keySeconds(
  { ttlSeconds = LONGEST_WORKLOAD_KEY_SECONDS }: Pick<WorkloadPolicy, "ttlSeconds">,
  exp: number,
  nowMs: number,
): number {
  return Math.floor(Math.min(ttlSeconds, LONGEST_WORKLOAD_KEY_SECONDS, exp - nowMs / 1000));
}
