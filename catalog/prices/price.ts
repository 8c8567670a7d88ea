/** One price of AWS's list: so many dollars for so many units. */
export interface Price {
  /** Dollars for `units` of `unit`. */
  readonly usd: number;
  /** How many units the price is for: AWS lists requests by the million. */
  readonly units: number;
  readonly unit: string;
  /** Price of a unit above an amount, for the prices that fall with volume; by rising amount. */
  readonly above?: readonly { readonly amount: number; readonly usd: number }[];
  readonly source: string;
  /** Day or month of the source. */
  readonly date: string;
  /** Region of the price, where it stands in for one that is not on file. @default - the requested region */
  readonly ofRegion?: string;
}

/** Cost of a quantity, in dollars: each part of it at the price of its range. */
export function costOf(quantity: number, { usd, units, above = [] }: Price): number {
  const ranges = [{ amount: 0, usd }, ...above];
  return ranges.reduce((sum, range, index) => {
    const end = ranges[index + 1]?.amount ?? Number.POSITIVE_INFINITY;
    return sum + (Math.max(0, Math.min(quantity, end) - range.amount) / units) * range.usd;
  }, 0);
}
