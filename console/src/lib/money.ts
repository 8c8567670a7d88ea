import { plainDecimal } from "./decimal-text.ts";

const NANO_PER_CENT = 10_000_000n;
/** Nano-dollars are billionths of a dollar. */
const NANO_DIGITS = 9;

/** Exact nano-dollars of an amount of the costs API, which is in dollars. @param dollars below 4.5 million, whose billionths a double tells apart */
export function nanoOf(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1e9));
}

/** Dollars rounded once to the cent, half up; an amount that this would show as zero has all of its digits. */
export function shownDollars(nano: bigint): { readonly dollars: number; readonly digits: number } {
  const cents = (nano + NANO_PER_CENT / 2n) / NANO_PER_CENT;
  if (cents === 0n && nano > 0n) return { dollars: Number(nano) / 1e9, digits: NANO_DIGITS };
  return { dollars: Number(cents) / 100, digits: 2 };
}

/** Dollars with all nine digits, for programs. E.g. `0.000000012`. */
export function exactDollars(nano: bigint): string {
  const digits = nano.toString().padStart(NANO_DIGITS + 1, "0");
  return `${digits.slice(0, -NANO_DIGITS)}.${digits.slice(-NANO_DIGITS)}`;
}

/** Nano-dollars of an amount as it was typed on a page in the language, e.g. `12.5`. @returns `undefined` for what is no such amount */
export function nanoOfText(text: string, language: string): bigint | undefined {
  const parts = /^(\d{1,7})(?:\.(\d{1,9}))?$/.exec(plainDecimal(text, language) ?? "");
  if (parts === null) return undefined;
  return BigInt(`${parts[1]}${(parts[2] ?? "").padEnd(NANO_DIGITS, "0")}`);
}
