/** Most changes that one model's price has. */
export const MAX_PRICE_CHANGES = 24;
/** Highest price, in dollars for a million tokens. */
export const MAX_USD_PER_MILLION = 10_000_000;
