/** Dimensions of a metric: like CloudWatch, a query names all of them exactly. */
export type Dimensions = Readonly<Record<string, string>>;

export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

export interface MetricDatum extends MetricName {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly values: readonly number[];
  /** How often each value occurred. @default - once each */
  readonly counts?: readonly number[];
  /** As CloudWatch names it, e.g. `Milliseconds`. @default "None" */
  readonly unit?: string;
}

export interface MetricQuery extends MetricName {
  /** `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99`. */
  readonly statistic: string;
  /** Length of a period. Periods begin at its multiples, so two queries of the same length line up. */
  readonly periodMs: number;
  /** Milliseconds since 1970; the period that holds it is the first. */
  readonly from: number;
  /** Milliseconds since 1970, exclusive. */
  readonly to: number;
}

export interface MetricPoint {
  /** Start of the period, in milliseconds since 1970. */
  readonly time: number;
  readonly value: number;
}

interface Sample {
  readonly time: number;
  readonly values: readonly number[];
  readonly counts: readonly number[] | undefined;
}

interface Series extends MetricName {
  readonly unit: string;
  samples: Sample[];
}

export interface MetricStoreBounds {
  /** The series that was written to longest ago makes room for a new one. */
  readonly maxSeries: number;
  /** The oldest samples of a series make room for new ones. */
  readonly maxSamples: number;
}

/** At one sample in 10 s this is more than five hours, in at most some tens of megabytes. */
const BOUNDS: MetricStoreBounds = { maxSeries: 1000, maxSamples: 2000 };

/** CloudWatch's metrics, in memory and bounded. */
export class MetricStore {
  readonly #series = new Map<string, Series>();
  readonly #bounds: MetricStoreBounds;

  constructor(bounds: MetricStoreBounds = BOUNDS) {
    this.#bounds = bounds;
  }

  /** @throws when values and counts differ in length or a value is no finite number, as PutMetricData refuses them */
  put(datum: MetricDatum): void {
    const { namespace, name, dimensions, values, counts, time } = datum;
    if (counts !== undefined && counts.length !== values.length)
      throw new Error(`${namespace} ${name}: ${values.length} values need as many counts, got ${counts.length}`);
    const wrong = [...values, ...(counts ?? [])].find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw new Error(`${namespace} ${name}: a value must be a finite number, got ${wrong}`);
    const key = keyOf(datum);
    const series = this.#series.get(key) ?? { namespace, name, dimensions, unit: datum.unit ?? "None", samples: [] };
    this.#series.delete(key);
    this.#series.set(key, series);
    series.samples.push({ time, values, counts });
    // Half again before cutting: a shift at every sample would move the whole array each time.
    if (series.samples.length > this.#bounds.maxSamples * 1.5)
      series.samples = series.samples.slice(-this.#bounds.maxSamples);
    if (this.#series.size > this.#bounds.maxSeries)
      for (const oldest of [...this.#series.keys()].slice(0, 1)) this.#series.delete(oldest);
  }

  /**
   * One point for each period that has data, oldest first; like CloudWatch it has no points for periods without data.
   */
  query(query: MetricQuery): readonly MetricPoint[] {
    const { periodMs, from, to, statistic } = query;
    const samples = this.#series.get(keyOf(query))?.samples ?? [];
    const start = Math.floor(from / periodMs) * periodMs;
    const periods = new Map<number, Sample[]>();
    for (const sample of samples) {
      if (sample.time < start || sample.time >= to) continue;
      const time = Math.floor(sample.time / periodMs) * periodMs;
      const period = periods.get(time);
      if (period) period.push(sample);
      else periods.set(time, [sample]);
    }
    return [...periods]
      .sort(([a], [b]) => a - b)
      .flatMap(([time, inside]) => {
        const value = statisticOf(statistic, inside);
        return value === undefined ? [] : [{ time, value }];
      });
  }

  /** Names of all series that hold something, e.g. for a list of what is measured. */
  list(): readonly MetricName[] {
    return [...this.#series.values()].map(({ namespace, name, dimensions }) => ({ namespace, name, dimensions }));
  }
}

function keyOf({ namespace, name, dimensions }: MetricName): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}

interface Weighted {
  readonly value: number;
  readonly count: number;
}

/** @returns undefined when the samples hold no value */
function statisticOf(statistic: string, samples: readonly Sample[]): number | undefined {
  const all = samples.flatMap(({ values, counts }) =>
    values.map((value, index): Weighted => ({ value, count: counts?.[index] ?? 1 })),
  );
  const total = all.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return undefined;
  const sum = all.reduce((so, { value, count }) => so + value * count, 0);
  switch (statistic) {
    case "SampleCount":
      return total;
    case "Sum":
      return sum;
    case "Average":
      return sum / total;
    case "Minimum":
      return all.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY);
    case "Maximum":
      return all.reduce((most, { value }) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  }
  const percent = /^p(\d+(?:\.\d+)?)$/.exec(statistic)?.[1];
  if (percent === undefined)
    throw new Error(
      `the twin knows the statistics Average, Sum, Minimum, Maximum, SampleCount and pNN, got ${statistic}`,
    );
  return percentile(all, total, Number(percent));
}

/** The smallest value that at least `percent` % of all values don't exceed. */
function percentile(all: readonly Weighted[], total: number, percent: number): number | undefined {
  const rank = (percent / 100) * total;
  let seen = 0;
  const sorted = all.toSorted((a, b) => a.value - b.value);
  for (const { value, count } of sorted) {
    seen += count;
    if (seen >= rank) return value;
  }
  return sorted.at(-1)?.value;
}
