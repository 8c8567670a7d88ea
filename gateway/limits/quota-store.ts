import type { CreditGrant } from "../../contracts/limits/use-limit.ts";
import type { AppliedLimit } from "../../domain/limits/applied-limits.ts";
import type { CalendarWindow } from "../../domain/limits/windows.ts";
import type { LimitCounter, LimitGrant, LimitRefusal } from "./limit-store.ts";

/** One quota that a request is counted in: of days, weeks, months or for ever, of requests, tokens or nano-dollars. */
export interface QuotaCounter extends Omit<LimitCounter, "windowSeconds"> {
  readonly window: CalendarWindow;
  /** IANA time zone by which the window begins. */
  readonly timeZone: string;
  /** Whether it counts money: of that nothing is granted that is not drawn, whatever the setting. */
  readonly isMoney: boolean;
  /** Whether it only reports, and refuses nothing. @default false */
  readonly isAlert?: boolean | undefined;
  /** Whether shares of it are reported, where they are of money or of an alert. @default true */
  readonly isReported?: boolean | undefined;
  /** What people are told of when a share of it is used. @default - it is not told by name */
  readonly about?: LimitAbout | undefined;
  /** Grants of credit that it is the sum of: each is counted for itself, the first ones first. @default - it is one quota */
  readonly credits?: readonly CreditGrant[] | undefined;
}

/** What a quota limits. */
export type LimitAbout = Pick<AppliedLimit, "scope" | "subject" | "metric" | "model">;

/** A budget of which so much is used. */
export interface QuotaAlert {
  /** Name of the limit: scope, subject, metric, window, e.g. `project:proj_1:nano_usd:month`. */
  readonly limit: string;
  /** Id of the window, e.g. `2026-11`. */
  readonly window: string;
  readonly percent: number;
  /** In the limit's metric: nano-dollars, tokens, requests. */
  readonly used: number;
  readonly max: number;
  /** Whether requests are refused at 100 %. */
  readonly isStop: boolean;
}

/** The same, with what people are told. */
export interface NamedQuotaAlert extends QuotaAlert {
  readonly counter: Pick<QuotaCounter, "about" | "window" | "timeZone">;
  /** Unix milliseconds at which the window ends; `Infinity` for one that never does. */
  readonly endMs: number;
}

/**
 * Counts the use of calendar windows for all gateways together, in a table that outlives them. Of `lifetime`, `resetMs` is
 * `Infinity`.
 */
export interface QuotaStore {
  /**
   * Counts the request in all counters or in none. What it was granted counts in the windows of this call, whenever it
   * is settled.
   * @returns undefined when the table can't be reached, and what is drawn is not enough
   */
  reserve(counters: readonly QuotaCounter[]): Promise<LimitGrant | LimitRefusal | undefined>;
  /** Calls the watcher with each budget of which 50, 80, 90 or 100 % are used: for all gateways together once. */
  watch?(onAlert: (alert: QuotaAlert) => void): void;
  /** Returns what is drawn and not needed. Requests are settled before. Never rejects. */
  close(): Promise<void>;
}
