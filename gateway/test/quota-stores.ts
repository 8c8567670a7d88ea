import { afterEach } from "vitest";
import type { LimitGrant, LimitRefusal } from "../limits/limit-store.ts";
import type { QuotaCounter } from "../limits/quota-store.ts";
import { QuotaAccounts, type QuotaAccountsOptions } from "../quotas/quota-accounts.ts";
import type { QuotaTable } from "../quotas/quota-table.ts";

export const NOON = Date.parse("2026-11-29T12:00:00Z");
export const SECOND = 1000;

/** The time of a test, which it moves by itself. */
export class Clock {
  ms = 0;
  readonly now = () => this.ms;
  readonly wallClock = () => NOON + this.ms;
}

/** For a file's tests: opens accounts, which are closed after each test. */
export function quotaStores() {
  const stores: QuotaAccounts[] = [];
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });
  return (table: QuotaTable, clock = new Clock(), options: Partial<QuotaAccountsOptions> = {}) => {
    const store = new QuotaAccounts({ table, now: clock.now, wallClock: clock.wallClock, ...options });
    stores.push(store);
    return store;
  };
}

export const tokens = (amount: number, options: Partial<QuotaCounter> = {}): QuotaCounter => ({
  name: "key:k:tokens:day",
  window: "day",
  timeZone: "UTC",
  max: 10_000,
  amount,
  isMoney: false,
  ...options,
});
export const TODAY = "key:k:tokens:day 2026-11-29";

export async function granted(store: QuotaAccounts, ...counters: QuotaCounter[]): Promise<LimitGrant> {
  const decision = await store.reserve(counters);
  if (!decision?.isGranted) throw new Error(`refused: ${JSON.stringify(decision)}`);
  return decision;
}

export async function refused(store: QuotaAccounts, ...counters: QuotaCounter[]): Promise<LimitRefusal> {
  const decision = await store.reserve(counters);
  if (decision === undefined || decision.isGranted) throw new Error(`not refused: ${JSON.stringify(decision)}`);
  return decision;
}
