import type { TokenPriceSettings } from "../../../../contracts/targets/token-prices.ts";
import { type Formatter, useFormatter, useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";
import { AMOUNT_NAMES, AMOUNTS, type Amount, entriesOf, type PriceEntry } from "./priced-targets.ts";

/** Dollars of a million tokens of a kind, of which the price may name those of its side alone. */
export function amountOf(price: PriceEntry, amount: Amount): number {
  const side = amount === "output" || amount === "reasoning" ? price.outputUsdPerMillion : price.inputUsdPerMillion;
  return price[AMOUNTS[amount]] ?? side;
}

export function dollars(format: Formatter, value: number): string {
  return format.number(value, { style: "currency", currency: "USD", maximumFractionDigits: 6 });
}

/** Says when a price holds. */
export function useValidity(): (price: PriceEntry) => string {
  const t = useTexts(MESSAGES);
  const time = useUtcTime();
  return ({ from, to }) => {
    if (from === undefined) return t("always");
    return to === undefined ? t("from", { from: time(from) }) : t("fromTo", { from: time(from), to: time(to) });
  };
}

/** A time in UTC, with its zone. */
export function useUtcTime(): (iso: string) => string {
  const format = useFormatter();
  return (iso) => `${format.dateTime(new Date(iso), { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" })} UTC`;
}

/** The amounts of each entry of a target's prices, by the time in which it holds. */
export function useEntryTexts(): (prices: TokenPriceSettings | null) => Readonly<Record<string, string>> {
  const format = useFormatter();
  const t = useTexts(MESSAGES);
  const validity = useValidity();
  const amounts = (price: PriceEntry) =>
    AMOUNT_NAMES.map((amount) => `${t(amount)} ${dollars(format, amountOf(price, amount))}`).join(", ");
  return (prices) => Object.fromEntries(entriesOf(prices).map((entry) => [validity(entry), amounts(entry)]));
}
