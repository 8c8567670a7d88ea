/** What was charged on the day of a reading, in nano-dollars. */
export interface ChargeReading {
  readonly atMs: number;
  /** Unix seconds of the day's beginning in UTC. */
  readonly day: number;
  readonly nanoUsd: number;
}

/** Charges come in files of half a minute, so that a shorter time would jump. */
const WINDOW_MS = 600_000;
const SHORTEST_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The cost of an hour at the rate of the last ten minutes. */
export class ChargeRate {
  #readings: readonly ChargeReading[] = [];

  add(reading: ChargeReading): void {
    this.#readings = [...this.#readings, reading].filter(
      ({ atMs, day }) => day === reading.day && atMs >= reading.atMs - WINDOW_MS,
    );
  }

  /** Nano-dollars in an hour. @returns undefined within the first minute, also of a day */
  perHour(): number | undefined {
    const first = this.#readings[0];
    const last = this.#readings.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < SHORTEST_MS) return undefined;
    return Math.round(((last.nanoUsd - first.nanoUsd) * HOUR_MS) / (last.atMs - first.atMs));
  }
}
