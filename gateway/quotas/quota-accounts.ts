import { setImmediate } from "node:timers/promises";
import { creditCounter, quotaCounter } from "../../domain/limits/credit-use.ts";
import { type WindowPeriod, windowAt } from "../../domain/limits/windows.ts";
import type { LimitGrant, LimitRefusal } from "../limits/limit-store.ts";
import type { QuotaAlert, QuotaCounter, QuotaStore } from "../limits/quota-store.ts";
import { CreditDraw } from "./credit-draw.ts";
import { QuotaAccount } from "./quota-account.ts";
import { QuotaAlerts } from "./quota-alerts.ts";
import type { QuotaDecision, QuotaRequest } from "./quota-request.ts";
import type { QuotaSum, QuotaTable } from "./quota-table.ts";

export interface QuotaAccountsOptions {
  readonly table: QuotaTable;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Wall clock, Unix milliseconds. */
  readonly wallClock: () => number;
  /** Threads of the process, each with accounts of its own. @default 1 */
  readonly threads?: number | undefined;
  /** Whether quotas of requests and tokens go on while the table can't be reached; money never does. @default refuse */
  readonly whenTableIsGone?: "refuse" | "allow" | undefined;
  readonly onProblem?: ((problem: string) => void) | undefined;
}

/** What all threads of one process hold together beyond the needs of their requests, at most, as a part of a quota. */
const SHARE = 1 / 100;
const TEND_MS = 1000;
/** Accounts that return what they hold at the same time. */
const TENDED_AT_ONCE = 32;
/** More are in memory only while requests are counted in them. */
const MAX_ACCOUNTS = 10_000;
/** Accounts among which one is sought that may be forgotten: a request does not wait for a look through all of them. */
const LOOKED_THROUGH = 32;
/** A window's item outlives it by a month, for those who look back. */
const RETAINED_MS = 31 * 86_400_000;

interface OpenAccount {
  readonly account: QuotaAccount;
  readonly period: WindowPeriod;
  /** As the last request has it: a limit may be changed. */
  counter: QuotaCounter;
}

/** The quotas that this thread's requests are counted in, one account for each window. */
export class QuotaAccounts implements QuotaStore {
  readonly #options: QuotaAccountsOptions;
  /** In the order of their last use. */
  readonly #accounts = new Map<string, OpenAccount>();
  readonly #timer: NodeJS.Timeout;
  readonly #alerts: QuotaAlerts;
  readonly #watchers: ((alert: QuotaAlert) => void)[] = [];
  #tending: Promise<void> | undefined;

  constructor(options: QuotaAccountsOptions) {
    this.#options = options;
    this.#alerts = new QuotaAlerts(options.table, (alert) => {
      for (const watch of this.#watchers) watch(alert);
    });
    this.#timer = setInterval(() => void this.tend(), TEND_MS).unref();
  }

  /** Windows that are in memory. */
  get size(): number {
    return this.#accounts.size;
  }

  async reserve(counters: readonly QuotaCounter[]): Promise<LimitGrant | LimitRefusal | undefined> {
    const nowMs = this.#options.wallClock();
    const parts = counters.map((counter): Part => {
      const request = this.#requestOf(counter);
      if (counter.credits !== undefined)
        return { account: this.#credit(counter, nowMs), request, resetMs: Number.POSITIVE_INFINITY };
      const { account, period } = this.#open(counter, nowMs);
      return { account, request, resetMs: period.endMs - nowMs };
    });
    // What is surely refused holds nothing of the other quotas meanwhile.
    const doomed = parts.filter(({ account, request }) => account.isExhausted(request));
    const decided = await Promise.all(
      parts.map(async (part): Promise<Decided> => {
        if (doomed.length > 0 && !doomed.includes(part)) return { ...part, kind: "unknown" };
        return { ...part, ...(await part.account.reserve(part.request)) };
      }),
    );
    const granted = decided.filter((one) => one.kind === "granted");
    if (granted.length === counters.length) return grantOf(granted);
    for (const { account, amount } of granted) account.settle(amount, 0);
    return lastRefusal(decided);
  }

  watch(onAlert: (alert: QuotaAlert) => void): void {
    this.#watchers.push(onAlert);
  }

  /** Returns what is not needed, and forgets windows without use. Called every second. */
  async tend(): Promise<void> {
    this.#tending ??= this.#tendAll().finally(() => {
      this.#tending = undefined;
    });
    await this.#tending;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tending;
    await inGroups([...this.#accounts.values()], ({ account }) => account.close());
    await this.#alerts.finished();
    this.#accounts.clear();
  }

  async #tendAll(): Promise<void> {
    const nowMs = this.#options.wallClock();
    const wanting = Array.from(this.#accounts.values()).filter(({ account }) => account.isWanting);
    await inGroups(wanting, ({ account }) => account.tend());
    for (const [key, { account, period }] of this.#accounts)
      if (account.isForgettable(period.endMs <= nowMs)) this.#accounts.delete(key);
  }

  /** The grants of a counter that have not expired. */
  #credit({ credits = [], ...counter }: QuotaCounter, nowMs: number): CreditDraw {
    const live = credits.filter(({ expiresAt = Number.POSITIVE_INFINITY }) => 1000 * expiresAt > nowMs);
    return new CreditDraw(
      live.map(({ id, max }) => {
        const { account } = this.#open({ ...counter, credits: undefined, name: creditCounter(id), max }, nowMs, true);
        return { account, max };
      }),
    );
  }

  #open(counter: QuotaCounter, nowMs: number, hasDays = false): OpenAccount {
    const period = windowAt(counter.window, counter.timeZone, nowMs);
    const name = quotaCounter(counter);
    const key = `${name} ${period.id}`;
    const open = this.#accounts.get(key) ?? this.#create(counter, name, period, hasDays);
    open.counter = counter;
    this.#accounts.delete(key);
    this.#accounts.set(key, open);
    return open;
  }

  #create(counter: QuotaCounter, name: string, period: WindowPeriod, hasDays: boolean): OpenAccount {
    const { table, now, threads = 1, onProblem } = this.#options;
    this.#makeRoom();
    const expiresAt = expiryOf(period);
    const sum: QuotaSum = { name, window: period.id, expiresAt, hasDays };
    const account = new QuotaAccount({
      sum,
      table,
      now,
      share: SHARE / threads,
      carry:
        period.endMs === Number.POSITIVE_INFINITY
          ? undefined
          : (amount) => this.#carry(counter, name, period.endMs, amount),
      onProblem,
      onCount: (count, isRefusal) =>
        this.#alerts.counted({ ...count, counter: open.counter, sum, endMs: period.endMs, isRefusal }),
    });
    const open: OpenAccount = { account, period, counter };
    return open;
  }

  /** A prompt may be longer than estimated: what is beyond the quota of one window counts in the next one. */
  async #carry({ window, timeZone }: QuotaCounter, name: string, startMs: number, amount: number): Promise<void> {
    const { table, onProblem } = this.#options;
    const next = windowAt(window, timeZone, startMs);
    const sum = { name, window: next.id, expiresAt: expiryOf(next) };
    // Sent once: a lost response is rather a use that counts in one window alone than one that counts twice.
    await table
      .add(sum, amount, amount)
      .catch((error: unknown) => onProblem?.(error instanceof Error ? error.name : ""));
  }

  /** Forgets an account that holds nothing, of those that were not used for longest. */
  #makeRoom(): void {
    if (this.#accounts.size < MAX_ACCOUNTS) return;
    let looked = 0;
    for (const [key, { account }] of this.#accounts) {
      if (account.isIdle) this.#accounts.delete(key);
      if (account.isIdle || ++looked === LOOKED_THROUGH) return;
    }
  }

  #requestOf({ amount, least = amount, max, isAlert = false, isMoney }: QuotaCounter): QuotaRequest {
    const mayOverdraw = isAlert || (!isMoney && this.#options.whenTableIsGone === "allow");
    return { amount, least: Math.min(least, amount), max: isAlert ? Number.POSITIVE_INFINITY : max, mayOverdraw };
  }
}

/** Unix seconds after which a window's item may be deleted. */
function expiryOf({ endMs }: WindowPeriod): number | undefined {
  return endMs === Number.POSITIVE_INFINITY ? undefined : Math.ceil((endMs + RETAINED_MS) / 1000);
}

/** One quota of a request. */
interface Part {
  readonly account: Pick<QuotaAccount, "isExhausted" | "reserve" | "settle">;
  readonly request: QuotaRequest;
  readonly resetMs: number;
}

type Decided = Part & QuotaDecision;
type Granted = Extract<Decided, { kind: "granted" }>;

function grantOf(granted: readonly Granted[]): LimitGrant {
  let isSettled = false;
  return {
    isGranted: true,
    amounts: granted.map(({ amount }) => amount),
    left: granted.map(({ left }) => left),
    resetMs: granted.map(({ resetMs }) => resetMs),
    settle: (used) => {
      if (isSettled) return;
      isSettled = true;
      for (const [index, { account, amount }] of granted.entries()) account.settle(amount, usedOf(used[index], amount));
    },
  };
}

/** What is no number counts as what was granted. */
function usedOf(used: number | undefined, amount: number): number {
  if (used === undefined || !Number.isFinite(used)) return amount;
  return Math.max(0, Math.min(Math.ceil(used), Number.MAX_SAFE_INTEGER));
}

/** Of several refusals the one whose window ends last; `undefined` where none is known. */
function lastRefusal(decided: readonly Decided[]): LimitRefusal | undefined {
  let last: LimitRefusal | undefined;
  for (const [counter, one] of decided.entries())
    if (one.kind === "refused" && (last === undefined || one.resetMs > last.resetMs))
      last = { isGranted: false, counter, left: one.left, resetMs: one.resetMs };
  return last;
}

async function inGroups<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < all.length; start += TENDED_AT_ONCE) {
    await Promise.all(all.slice(start, start + TENDED_AT_ONCE).map(work));
    await setImmediate(); // requests come first
  }
}
