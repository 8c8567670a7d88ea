/** A nano-dollar is a billionth of a dollar. */
export const NANO_USD_PER_CENT = 10_000_000;
/** The largest amount in cents that is an exact number of nano-dollars. */
export const MAX_CENTS = Math.floor(Number.MAX_SAFE_INTEGER / NANO_USD_PER_CENT);
