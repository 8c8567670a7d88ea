import { shownDollars } from "../lib/money.ts";
import { useFormatter } from "./translate.ts";

/** Shows nano-dollars as dollars, to the cent; all digits of what is less than half a cent. */
export function useMoney(): (nano: bigint) => string {
  const format = useFormatter();
  return (nano) => {
    const { dollars, digits } = shownDollars(nano);
    return format.number(dollars, {
      style: "currency",
      currency: "USD",
      minimumFractionDigits: 2,
      maximumFractionDigits: digits,
    });
  };
}
