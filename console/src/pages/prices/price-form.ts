import { MAX_PRICE_CHANGES, MAX_USD_PER_MILLION } from "../../../../contracts/targets/price-limits.ts";
import type { TokenPrice, TokenPriceSettings } from "../../../../contracts/targets/token-prices.ts";
import { isSameTime, withDatedChange } from "../../../../lib/time/dated-changes.ts";
import { decimalText, plainDecimal } from "../../lib/decimal-text.ts";
import { AMOUNT_NAMES, AMOUNTS, type Amount, entriesOf, type PriceChange, type PriceEntry } from "./priced-targets.ts";

/** What is changed: an entry of the table, or a new one that begins with the amounts of another. */
export interface PriceEdit {
  /** Whether the price has a time from which it holds; else it is the one outside of all changes. */
  readonly isDated: boolean;
  /** The amounts and times with which the form begins. */
  readonly start: PriceEntry;
  /** The change in whose place this one comes. @default - another change */
  readonly replaces?: PriceEntry | undefined;
}

/** What stands in the form: texts that are still to be read. */
export interface PriceFields extends Readonly<Record<Amount, string>> {
  /** `2027-01-31T12:00` in UTC. */
  readonly from: string;
  /** The same; empty for a price that holds until the next change. */
  readonly to: string;
}
export type PriceField = keyof PriceFields;

/** The fields with which the form begins. @param language of the page */
export function fieldsOf({ start }: PriceEdit, language: string): PriceFields {
  const text = (amount: Amount) => amountText(start[AMOUNTS[amount]], language);
  return {
    input: text("input"),
    output: text("output"),
    cached: text("cached"),
    written: text("written"),
    reasoning: text("reasoning"),
    from: minuteOf(start.from),
    to: minuteOf(start.to),
  };
}

/**
 * The prices of a target with what stands in the form, or the fields that are wrong. What was not touched stays to the last digit.
 * @param now Unix milliseconds
 */
export function withFields(
  prices: TokenPriceSettings | null,
  edit: PriceEdit,
  fields: PriceFields,
  language: string,
  now: number,
): { readonly prices: TokenPriceSettings } | { readonly wrong: readonly PriceField[] } {
  const { start, isDated, replaces } = edit;
  const amounts = AMOUNT_NAMES.map((amount) => ({
    amount,
    value: amountIn(fields[amount], start[AMOUNTS[amount]], amount, language),
  }));
  const [base, ...changes] = entriesOf(prices);
  const others = changes.filter(({ from }) => replaces?.from === undefined || !isSameTime(from, replaces.from));
  const from = isDated ? timeOf(fields.from, start.from) : null;
  const to = isDated ? timeOf(fields.to, start.to) : null;
  const isFromWrong = isDated && (typeof from !== "string" || others.some((other) => isSameTime(other.from, from)));
  const isToWrong = to === undefined || (typeof from === "string" && to !== null && Date.parse(to) <= Date.parse(from));
  const wrong: readonly PriceField[] = [
    ...amounts.filter(({ value }) => value === undefined).map(({ amount }) => amount),
    ...(isFromWrong ? (["from"] as const) : []),
    ...(isToWrong ? (["to"] as const) : []),
  ];
  if (wrong.length > 0) return { wrong };
  const price = Object.fromEntries(
    amounts.flatMap(({ amount, value }) => (typeof value === "number" ? [[AMOUNTS[amount], value]] : [])),
  ) as TokenPrice;
  if (typeof from !== "string") return { prices: joined(price, changes) };
  const change = { ...price, from, ...(typeof to === "string" ? { to } : {}) };
  return { prices: joined(base, withDatedChange(others, change, MAX_PRICE_CHANGES, now)) };
}

/** The same edit of prices that somebody else changed. */
export function editIn(prices: TokenPriceSettings | null, edit: PriceEdit): PriceEdit {
  const [base, ...changes] = entriesOf(prices);
  const replaced = edit.replaces?.from;
  if (replaced === undefined) return { ...edit, start: base };
  const now = changes.find(({ from }) => isSameTime(from, replaced));
  return now === undefined ? edit : { ...edit, start: now, replaces: now };
}

/** The prices without a change. */
export function withoutChange(prices: TokenPriceSettings | null, from: string): TokenPriceSettings {
  const [base, ...changes] = entriesOf(prices);
  return joined(
    base,
    changes.filter((change) => change.from !== from),
  );
}

function joined(base: TokenPrice, priceChanges: readonly PriceChange[]): TokenPriceSettings {
  return priceChanges.length === 0 ? base : { ...base, priceChanges };
}

function amountText(value: number | undefined, language: string): string {
  return value === undefined ? "" : decimalText(value, language);
}

/** @returns `null` for an empty optional one, `undefined` for a wrong one */
function amountIn(
  text: string,
  before: number | undefined,
  amount: Amount,
  language: string,
): number | null | undefined {
  if (before !== undefined && text === amountText(before, language)) return before;
  if (text.trim() === "") return amount === "input" || amount === "output" ? undefined : null;
  const plain = plainDecimal(text, language) ?? "";
  const value = /^\d{1,8}(\.\d{1,9})?$/.test(plain) ? Number(plain) : Number.NaN;
  return value <= MAX_USD_PER_MILLION ? value : undefined;
}

function minuteOf(iso: string | undefined): string {
  return iso === undefined ? "" : new Date(iso).toISOString().slice(0, 16);
}

/** @returns `null` for an empty text, `undefined` for a wrong one */
function timeOf(text: string, before: string | undefined): string | null | undefined {
  if (before !== undefined && text === minuteOf(before)) return before;
  if (text === "") return null;
  const ms = Date.parse(`${text}Z`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
