import type { Instrument, Labels, PrometheusForm, Sample } from "./instrument.ts";
import type { Exporter } from "./meter.ts";

/** One metric with its values, in the form that prom-client aggregates and writes. */
export interface ExportedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: Instrument["kind"];
  readonly aggregator: "sum" | "max";
  readonly values: readonly ExportedValue[];
}

interface ExportedValue {
  readonly labels: Labels;
  readonly value: number;
  /** Of a histogram: the name with `_bucket`, `_sum` or `_count`. */
  readonly metricName?: string;
}

/** What one serving thread counted. */
export type ThreadMetrics = readonly ExportedMetric[];

interface Series {
  readonly labels: Labels;
  value: number;
  /** Of a histogram: counts by bucket, not cumulated, the last one without an upper bound. */
  readonly counts: readonly number[] & { [index: number]: number };
  count: number;
}

interface Watched {
  readonly instrument: Instrument;
  readonly form: PrometheusForm<string>;
  readonly read: () => Iterable<Sample>;
}

const NO_LABELS: Labels = {};

/**
 * Counts for `/metrics`. Counting is a look-up and an addition, as it happens some ten times a request; names, buckets
 * and text are made when the page is requested.
 */
export class PrometheusExporter implements Exporter {
  readonly #series = new Map<Instrument, InstrumentSeries>();
  readonly #watched: Watched[] = [];

  /** @param instruments those that are shown from the start: without labels as 0 */
  constructor(instruments: readonly Instrument[]) {
    for (const instrument of instruments) {
      const { prometheus, kind } = instrument;
      if (prometheus === undefined || kind === "gauge") continue;
      this.#series.set(instrument, new InstrumentSeries(instrument, prometheus));
      if (labelsOf(instrument, prometheus).length === 0) this.declare(instrument, NO_LABELS);
    }
  }

  add(instrument: Instrument, labels: Labels, value: number): void {
    const { prometheus } = instrument;
    // A zero carries no information, and would begin a series.
    if (prometheus === undefined || value === 0) return;
    this.#of(instrument, prometheus, labels).value += value * (prometheus.factor ?? 1);
  }

  observe(instrument: Instrument, labels: Labels, value: number): void {
    const { prometheus } = instrument;
    if (prometheus === undefined) return;
    const { factor = 1, buckets = [] } = prometheus;
    const series = this.#of(instrument, prometheus, labels);
    const exported = value * factor;
    let bucket = 0;
    while (bucket < buckets.length && exported > (buckets[bucket] ?? 0)) bucket++;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.count++;
    series.value += exported;
  }

  watch(instrument: Instrument, read: () => Iterable<Sample>): void {
    if (instrument.prometheus !== undefined) this.#watched.push({ instrument, form: instrument.prometheus, read });
  }

  declare(instrument: Instrument, labels: Labels): void {
    if (instrument.prometheus !== undefined) this.#of(instrument, instrument.prometheus, labels);
  }

  /** Everything counted so far. */
  collect(): ThreadMetrics {
    const counted = [...this.#series].flatMap(([instrument, series]) => {
      const { prometheus } = instrument;
      return prometheus === undefined ? [] : [metricOf(instrument, prometheus, series.all)];
    });
    const watched = this.#watched.map(({ instrument, form, read }) => {
      const samples = Array.from(read(), ({ labels, value }) => ({ labels: pick(labels, form, instrument), value }));
      return head(instrument, form, samples);
    });
    return [...counted, ...watched];
  }

  #of(instrument: Instrument, form: PrometheusForm<string>, labels: Labels): Series {
    let series = this.#series.get(instrument);
    if (series === undefined) {
      series = new InstrumentSeries(instrument, form);
      this.#series.set(instrument, series);
    }
    return series.of(labels);
  }
}

/** The series of one instrument. */
class InstrumentSeries {
  readonly #instrument: Instrument;
  readonly #form: PrometheusForm<string>;
  readonly #names: readonly string[];
  readonly #byKey = new Map<string, Series>();
  /** Most requests have the labels of the one before: comparing them costs less than a key. */
  #last: Series | undefined;

  constructor(instrument: Instrument, form: PrometheusForm<string>) {
    this.#instrument = instrument;
    this.#form = form;
    this.#names = labelsOf(instrument, form);
  }

  get all(): readonly Series[] {
    return [...this.#byKey.values()];
  }

  of(labels: Labels): Series {
    const last = this.#last;
    if (last !== undefined && this.#hasLabels(last, labels)) return last;
    this.#last = this.#find(labels);
    return this.#last;
  }

  #hasLabels(series: Series, labels: Labels): boolean {
    for (const name of this.#names) if (series.labels[name] !== labels[name]) return false;
    return true;
  }

  #find(labels: Labels): Series {
    let key = "";
    for (const name of this.#names) key += `${labels[name]}\0`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const buckets = this.#instrument.kind === "histogram" ? (this.#form.buckets ?? []).length + 1 : 0;
    const counts: number[] = Array.from({ length: buckets }, () => 0);
    const series: Series = { labels: pick(labels, this.#form, this.#instrument), value: 0, counts, count: 0 };
    this.#byKey.set(key, series);
    return series;
  }
}

function labelsOf(instrument: Instrument, form: PrometheusForm<string>): readonly string[] {
  return form.labels ?? instrument.labels;
}

function pick(labels: Labels, form: PrometheusForm<string>, instrument: Instrument): Labels {
  return Object.fromEntries(labelsOf(instrument, form).map((name) => [name, labels[name] ?? ""]));
}

function metricOf(instrument: Instrument, form: PrometheusForm<string>, series: readonly Series[]): ExportedMetric {
  const values =
    instrument.kind === "histogram"
      ? series.flatMap((one) => histogramValues(form, one))
      : series.map(({ labels, value }) => ({ labels, value }));
  return head(instrument, form, values);
}

function head(
  instrument: Instrument,
  { name, aggregator = "sum" }: PrometheusForm<string>,
  values: readonly ExportedValue[],
): ExportedMetric {
  return { name, help: instrument.about, type: instrument.kind, aggregator, values };
}

/** prom-client's form: cumulated buckets, then sum and count. */
function histogramValues({ name, buckets = [] }: PrometheusForm<string>, { labels, counts, count, value }: Series) {
  let sum = 0;
  const bounds = [...buckets.map(String), "+Inf"];
  return [
    ...bounds.map((le, index) => {
      sum += counts[index] ?? 0;
      return { labels: { le, ...labels }, value: sum, metricName: `${name}_bucket` };
    }),
    { labels, value, metricName: `${name}_sum` },
    { labels, value: count, metricName: `${name}_count` },
  ];
}
