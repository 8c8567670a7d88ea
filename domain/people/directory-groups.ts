import type { RecordOf } from "../../contracts/control/records.ts";
import type { DirectoryGroups } from "../../contracts/processes/directory-groups.ts";
import { isRecord } from "../../lib/is-record.ts";

type Claims = Readonly<Record<string, unknown>>;
type Link = RecordOf<"userGroup">;

/** Why an ID token says nothing of a person's groups. */
export type GroupsProblem =
  /** The person is in more groups than Microsoft Entra writes into a token; it names an address where they could be read. */
  | "overage"
  /** The claim is neither a text nor a list of texts. */
  | "form";

/** The groups of this API that an ID token names. */
export interface ClaimedGroups {
  /** In the order of the setting, each once; none where there is a problem. */
  readonly groupIds: readonly string[];
  readonly problem?: GroupsProblem;
}

export const DEFAULT_GROUPS_CLAIM = "groups";
/** Amazon Cognito's claim with the groups of a user pool. */
export const COGNITO_GROUPS = "cognito:groups";
const DEFAULT_HOLD_HOURS = 24;

/** The groups of an ID token. A token without the claim is of a person who is in none: so issuers write it. */
export function claimedGroups({ claim = DEFAULT_GROUPS_CLAIM, map }: DirectoryGroups, claims: Claims): ClaimedGroups {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (value === undefined || value === null) return isOverage(claim, claims) ? none("overage") : { groupIds: [] };
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!names.every((name) => typeof name === "string")) return none("form");
  // A token has 16 KiB at most.
  const named = new Set(names);
  const groupIds = Object.entries(map).flatMap(([name, groupId]) => (named.has(name) ? [groupId] : []));
  return { groupIds: [...new Set(groupIds)] };
}

function none(problem: GroupsProblem): ClaimedGroups {
  return { groupIds: [], problem };
}

/** OpenID Connect Core, section 5.6.2, and for the implicit flow Entra's `hasgroups`. */
function isOverage(claim: string, { _claim_names: elsewhere, hasgroups }: Claims): boolean {
  if (isRecord(elsewhere) && Object.hasOwn(elsewhere, claim)) return true;
  return claim === DEFAULT_GROUPS_CLAIM && (hasgroups === true || hasgroups === "true");
}

/** What of a person's groups is not as the ID token says. */
export interface GroupDifferences {
  readonly left: readonly Link[];
  readonly joined: readonly string[];
  /** Memberships that go on, but not for long without being renewed. */
  readonly renewed: readonly Link[];
}

/**
 * Compares the groups that a person is in with those of an ID token. Groups that the setting does not name are not looked at.
 * @param issuedAt of the token, in seconds since 1970
 */
export function groupDifferences(
  settings: DirectoryGroups,
  claimed: readonly string[],
  links: readonly Link[],
  issuedAt: number,
): GroupDifferences {
  const mapped = new Set(Object.values(settings.map));
  const own = links.filter(({ groupId }) => mapped.has(groupId));
  const half = heldUntil(settings, issuedAt) - holdSeconds(settings) / 2;
  return {
    left: own.filter(({ groupId }) => !claimed.includes(groupId)),
    joined: claimed.filter((id) => !own.some(({ groupId }) => groupId === id)),
    renewed: own.filter((link) => claimed.includes(link.groupId) && (link.heldUntil ?? 0) < half),
  };
}

/** Until when a membership holds that a token has shown, in seconds since 1970. */
export function heldUntil(settings: DirectoryGroups, issuedAt: number): number {
  return issuedAt + holdSeconds(settings);
}

function holdSeconds({ holdHours = DEFAULT_HOLD_HOURS }: DirectoryGroups): number {
  return holdHours * 3600;
}

/** Whether a user is in a group still: a membership that an ID token has shown ends by itself, unless a later one shows it too. */
export function isHeld({ heldUntil: until }: Pick<Link, "heldUntil">, nowMs: number): boolean {
  return until === undefined || until * 1000 > nowMs;
}
