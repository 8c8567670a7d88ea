import type { NamedQuotaAlert, QuotaAlert } from "../limits/quota-store.ts";
import type { CountedQuota } from "./counted-quota.ts";
import type { QuotaSum, QuotaTable } from "./quota-table.ts";

/** Shares of a budget that are reported, in percent. */
export const ALERT_PERCENTS: readonly number[] = [50, 80, 90, 100];

/**
 * Reports budgets, and limits that only report, at 50, 80, 90 and 100 %: each share once in a window, whichever gateway
 * counts it first, and again only for another limit. Of shares that are passed at once the highest is reported.
 */
export class QuotaAlerts {
  readonly #table: Pick<QuotaTable, "report">;
  readonly #onAlert: (alert: QuotaAlert) => void;
  /** Reports under way. */
  readonly #open = new Map<string, Promise<void>>();

  constructor(table: Pick<QuotaTable, "report">, onAlert: (alert: QuotaAlert) => void) {
    this.#table = table;
    this.#onAlert = onAlert;
  }

  /** What can't be reported now is tried with the next count. */
  counted({ counter, sum, endMs, used, reported, reportedMax, isRefusal }: CountedQuota): void {
    const { max, isAlert = false, isMoney, isReported = true } = counter;
    if (max === 0 || !isReported || !(isMoney || isAlert)) return;
    const percent = isRefusal ? 100 : ALERT_PERCENTS.findLast((share) => used >= (share / 100) * max);
    if (percent === undefined || (reportedMax === max && percent <= reported)) return;
    const key = `${sum.name} ${sum.window} ${max} ${percent}`;
    if (this.#open.has(key)) return;
    const alert: QuotaAlert = { limit: counter.name, window: sum.window, percent, used, max, isStop: !isAlert };
    const report = this.#report(sum, { ...alert, counter, endMs }).finally(() => this.#open.delete(key));
    this.#open.set(key, report);
  }

  /** Resolves when no report is under way. Never rejects. */
  async finished(): Promise<void> {
    await Promise.all(this.#open.values());
  }

  async #report(sum: QuotaSum, named: NamedQuotaAlert): Promise<void> {
    // Where the table fails, whoever counts in it reports that.
    const isFirst = await this.#table.report(sum, named).catch(() => false);
    const { counter: _, endMs: __, ...alert } = named;
    if (isFirst) this.#onAlert(alert);
  }
}
