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

  add(value: number): void {
    const bounded = value < LEAST ? LEAST : value > MOST ? MOST : value;
    const index = Math.ceil(Math.log(bounded) / LOG_STEP);
    const tally = this.#tallies.get(index);
    if (tally === undefined) this.#tallies.set(index, { sum: value, count: 1 });
    else {
      tally.sum += value;
      tally.count++;
    }
  }

  /** Smallest first. */
  bins(): readonly Bin[] {
    return [...this.#tallies].sort(([a], [b]) => a - b).map(([, { sum, count }]) => ({ value: sum / count, count }));
  }
}
