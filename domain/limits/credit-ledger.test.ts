import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balanceOf, heldGrants, ledgerOf, paidBy, type UsedCredit, usableOf } from "./credit-ledger.ts";

const DAY = 86_400;
const NOW = 20_000 * DAY;
const day = (number: number) => new Date(number * DAY * 1000).toISOString().slice(0, 10);

const grants = fc.array(
  fc.record({
    amount: fc.integer({ min: 1, max: 1_000_000_000 }),
    createdAt: fc.integer({ min: NOW - 300 * DAY, max: NOW }),
    expiresAt: fc.option(fc.integer({ min: NOW - 100 * DAY, max: NOW + 100 * DAY }), { nil: undefined }),
    revokedAt: fc.option(fc.integer({ min: NOW - 100 * DAY, max: NOW }), { nil: undefined, freq: 4 }),
    days: fc.array(fc.tuple(fc.integer({ min: 19_700, max: 20_000 }), fc.integer({ min: 0, max: 400_000_000 })), {
      maxLength: 4,
    }),
    unplaced: fc.constantFrom(0, 0, 0, 7),
  }),
  { maxLength: 12 },
);

/** Grants one after another, each of which pays what is owed when it is made. */
function creditsOf(made: readonly (typeof grants extends fc.Arbitrary<infer T> ? T : never)[number][]): UsedCredit[] {
  const credits: UsedCredit[] = [];
  for (const [index, { days, unplaced, ...grant }] of made.entries()) {
    const byDay = new Map(days.map(([number, used]) => [day(number), used]));
    const used = [...byDay.values()].reduce((sum, one) => sum + one, unplaced);
    credits.push({
      grant: { id: `credit_${String(index).padStart(3, "0")}`, ...grant, pays: paidBy(credits, grant.amount) },
      use: { used, days: byDay },
    });
  }
  return credits;
}

describe("the ledger of credit", () => {
  // documented: credit-ledger-sums
  test("has movements whose entries sum to zero, and whose sum for each grant is what is left of it", () => {
    fc.assert(
      fc.property(grants, (made) => {
        const credits = creditsOf(made);
        const entries = ledgerOf(credits, NOW);
        for (const movement of Map.groupBy(entries, ({ movementId }) => movementId).values()) {
          expect(movement).toHaveLength(2);
          expect(movement.reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
        }
        const total = (account: string) =>
          entries.filter((entry) => entry.account === account).reduce((sum, { amount }) => sum + amount, 0);
        expect(total("consumption")).toBe(credits.reduce((sum, { use }) => sum + use.used, 0));
        expect(total("funding")).toBe(0 - credits.reduce((sum, { grant }) => sum + grant.amount, 0));
        for (const credit of credits) {
          const { grant, use } = credit;
          const owed = Math.max(0, use.used - usableOf(grant));
          const paid = credits.flatMap((one) => one.grant.pays ?? []).filter(({ creditId }) => creditId === grant.id);
          const stillOwed = owed - paid.reduce((sum, { amount }) => sum + amount, 0);
          expect(stillOwed).toBeGreaterThanOrEqual(0);
          expect(total(`credit:${grant.id}`)).toBe(balanceOf(credit, NOW) - stillOwed);
        }
      }),
    );
  });

  test("lets a grant pay what requests used beyond the one before, and no more than it has", () => {
    const first = { grant: { id: "a", amount: 100, createdAt: 1 }, use: { used: 130, days: new Map() } };
    expect(paidBy([first], 1000)).toEqual([{ creditId: "a", amount: 30 }]);
    const small = { id: "b", amount: 20, createdAt: 2, pays: paidBy([first], 20) };
    expect(usableOf(small)).toBe(0);
    const second = { grant: small, use: { used: 0, days: new Map() } };
    expect(paidBy([first, second], 1000)).toEqual([{ creditId: "a", amount: 10 }]);
  });
});

test("gateways hold the grants that have something left, the first to expire first and the oldest of several", () => {
  const credit = (id: string, fields: object, used = 0): UsedCredit => ({
    grant: { id, amount: 100, createdAt: 1, ...fields },
    use: { used, days: new Map() },
  });
  const credits = [
    credit("never-old", {}),
    credit("never-new", {}),
    credit("late", { expiresAt: NOW + 2 }),
    credit("soon", { expiresAt: NOW + 1 }, 99),
    credit("over", { expiresAt: NOW }),
    credit("used", {}, 100),
    credit("revoked", { revokedAt: NOW }),
  ];
  expect(heldGrants(credits, NOW)).toEqual([
    { id: "soon", max: 100, expiresAt: NOW + 1 },
    { id: "late", max: 100, expiresAt: NOW + 2 },
    { id: "never-new", max: 100 },
    { id: "never-old", max: 100 },
  ]);
});
