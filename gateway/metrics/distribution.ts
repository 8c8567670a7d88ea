/** Ratio of neighbouring bins: a percentile is off by 2.5 % at most. CloudWatch's own bins are no finer. */
const STEP = 1.05;
const LOG_STEP = Math.log(STEP);
/** A value outside is counted at the end of the range: a tenth of a millisecond to an hour, 357 bins. */
const LEAST = 0.1;
const MOST = 3_600_000;

export interface Bin {
  /** Mean of what fell into the bin, so that sums and averages stay exact. */
  readonly value: number;
  readonly count: number;
}

interface Tally {
  sum: number;
  count: number;
}

/** Many values in bounded memory, from which percentiles can still be computed. */
export class Distribution {
  readonly #tallies = new Map<number, Tally>();

  /** @param count how many times it was seen */
  add(value: number, count = 1): void {
    const bounded = value < LEAST ? LEAST : value > MOST ? MOST : value;
    const index = Math.ceil(Math.log(bounded) / LOG_STEP);
    const tally = this.#tallies.get(index);
    if (tally === undefined) this.#tallies.set(index, { sum: value * count, count });
    else {
      tally.sum += value * count;
      tally.count += count;
    }
  }

  /** The smallest value that at least this share of all does not exceed, within a bin; `NaN` without values. */
  percentile(share: number): number {
    const bins = this.bins();
    const rank = share * bins.reduce((sum, { count }) => sum + count, 0) - 1e-9;
    let seen = 0;
    for (const { value, count } of bins) {
      seen += count;
      if (seen >= rank) return value;
    }
    return Number.NaN;
  }

  /** Smallest first. */
  bins(): readonly Bin[] {
    return [...this.#tallies].sort(([a], [b]) => a - b).map(([, { sum, count }]) => ({ value: sum / count, count }));
  }
}
