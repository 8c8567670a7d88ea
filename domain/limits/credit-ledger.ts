import type { CreditGrant } from "../../contracts/limits/use-limit.ts";
import type { CreditUse } from "./credit-use.ts";

/** A grant of credit as it is stored. Times are Unix seconds, amounts nano-dollars. */
export interface GrantedCredit {
  readonly id: string;
  readonly amount: number;
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
  readonly revokedAt?: number | undefined;
  /** What requests used beyond earlier grants, which this one pays. */
  readonly pays?: readonly { readonly creditId: string; readonly amount: number }[] | undefined;
}

/** A grant and what is used of it. */
export interface UsedCredit {
  readonly grant: GrantedCredit;
  readonly use: CreditUse;
}

export type MovementType = "grant" | "use" | "debt" | "expiry" | "revocation";

/** What an account got (above 0) or gave in one movement. The entries of a movement sum to zero. */
export interface LedgerEntry {
  readonly movementId: string;
  readonly type: MovementType;
  readonly account: string;
  readonly amount: number;
  /** Unix seconds. */
  readonly at: number;
}

/** What may be used of a grant in all. */
export function usableOf({ amount, pays = [] }: GrantedCredit): number {
  return pays.reduce((rest, paid) => rest - paid.amount, amount);
}

/** Whether requests may use a grant, as far as its time goes. */
export function isLive({ expiresAt, revokedAt }: GrantedCredit, now: number): boolean {
  return revokedAt === undefined && (expiresAt === undefined || expiresAt > now);
}

/** What is left of a grant; 0 once it has expired or was revoked, or where more was used. */
export function balanceOf({ grant, use }: UsedCredit, now: number): number {
  return isLive(grant, now) ? Math.max(0, usableOf(grant) - use.used) : 0;
}

/** In the order in which they are used: what expires first, and of those the oldest. */
export function inBurnDownOrder<T extends Pick<GrantedCredit, "id" | "expiresAt">>(grants: readonly T[]): readonly T[] {
  const endOf = ({ expiresAt = Number.POSITIVE_INFINITY }: T) => expiresAt;
  return grants.toSorted((a, b) => endOf(a) - endOf(b) || (a.id < b.id ? -1 : 1));
}

/** Grants as gateways hold them: those that are live and not used up, in the order in which they are used. */
export function heldGrants(credits: readonly UsedCredit[], now: number): readonly CreditGrant[] {
  const live = credits.filter((credit) => balanceOf(credit, now) > 0).map(({ grant }) => grant);
  return inBurnDownOrder(live).map((grant) => ({
    id: grant.id,
    max: usableOf(grant),
    ...(grant.expiresAt === undefined ? {} : { expiresAt: grant.expiresAt }),
  }));
}

/**
 * What a new grant pays of that which requests have used beyond the earlier ones: a prompt may be longer than estimated.
 * @returns nothing above `amount` in all; the rest is left for the grant after it
 */
export function paidBy(credits: readonly UsedCredit[], amount: number): NonNullable<GrantedCredit["pays"]> {
  let rest = amount;
  return credits.flatMap(({ grant, use }) => {
    const paid = paidFor(credits, grant.id);
    const owed = Math.min(rest, Math.max(0, use.used - usableOf(grant) - paid));
    rest -= owed;
    return owed > 0 ? [{ creditId: grant.id, amount: owed }] : [];
  });
}

/** What later grants have paid for one. */
function paidFor(credits: readonly UsedCredit[], id: string): number {
  return credits
    .flatMap(({ grant }) => grant.pays ?? [])
    .reduce((sum, { creditId, amount }) => (creditId === id ? sum + amount : sum), 0);
}

/** All movements of a subject's credit, each with two entries, in the order of time. */
export function ledgerOf(credits: readonly UsedCredit[], now: number): readonly LedgerEntry[] {
  return credits.flatMap((credit) => movementsOf(credit, now)).toSorted((a, b) => a.at - b.at);
}

function movementsOf({ grant, use }: UsedCredit, now: number): readonly LedgerEntry[] {
  const { id, amount, createdAt, expiresAt = now, revokedAt } = grant;
  const own = accountOf(id);
  const used = [...use.days].flatMap(([day, used]) =>
    movement(`${id}-use-${day}`, "use", Date.parse(day) / 1000, own, "consumption", -used),
  );
  // Of a write whose response was lost, the day may be without what the sum has: it is shown on the day of the grant.
  const unplaced = use.used - [...use.days.values()].reduce((sum, day) => sum + day, 0);
  const debts = (grant.pays ?? []).flatMap(({ creditId, amount: paid }) =>
    movement(`${id}-debt-${creditId}`, "debt", createdAt, own, accountOf(creditId), -paid),
  );
  const rest = isLive(grant, now) ? 0 : Math.max(0, usableOf(grant) - use.used);
  const end = revokedAt === undefined ? "expiry" : "revocation";
  return [
    ...movement(`${id}-grant`, "grant", createdAt, own, "funding", amount),
    ...debts,
    ...(unplaced === 0 ? [] : movement(`${id}-use`, "use", createdAt, own, "consumption", -unplaced)),
    ...used,
    ...(rest === 0 ? [] : movement(`${id}-${end}`, end, revokedAt ?? expiresAt, own, "breakage", -rest)),
  ];
}

function accountOf(creditId: string): string {
  return `credit:${creditId}`;
}

/** @param amount what the first account gets */
function movement(
  movementId: string,
  type: MovementType,
  at: number,
  account: string,
  contra: string,
  amount: number,
): readonly LedgerEntry[] {
  return [
    { movementId, type, account, amount, at },
    { movementId, type, account: contra, amount: 0 - amount, at },
  ];
}
