import { GATEWAY_METRICS_WINDOW_SECONDS } from "../../contracts/metrics/catalogue.ts";
import { Distribution } from "./distribution.ts";
import { type EmfRecord, type EmfValue, emfLines } from "./emf.ts";
import type { CloudWatchForm, Instrument, Labels, Sample } from "./instrument.ts";
import type { Exporter } from "./meter.ts";

export interface CloudWatchExporterOptions {
  readonly environment: string;
  /** Takes one line, without its line break. */
  readonly write: (line: string) => void;
  /** Milliseconds since 1970. @default - Date.now */
  readonly now?: () => number;
  /** @default - 10 s, which the dashboard's arithmetic counts on */
  readonly windowMs?: number;
  /** Called when a gauge can't be read or a window's lines can't be written: the rest of the window is written. */
  readonly onFault?: () => void;
}

/** What a window saw with one set of dimension values. */
interface Row {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly counts: Map<Instrument, number>;
  readonly distributions: Map<Instrument, Distribution>;
}

interface Watched {
  readonly form: CloudWatchForm<string>;
  readonly read: () => Iterable<Sample>;
}

/**
 * The gateway's CloudWatch metrics: what a window saw, added up, written as a few lines of the embedded metric format at
 * its end. The number of lines depends on models, routes and error codes, not on requests.
 */
export class CloudWatchExporter implements Exporter {
  readonly #options: CloudWatchExporterOptions;
  readonly #now: () => number;
  readonly #windowMs: number;
  readonly #zeros: readonly Instrument[];
  readonly #watched: Watched[] = [];
  #rows = new Map<string, Row>();
  /** By the form's dimensions: most requests have those of the one before, and comparing them costs less than a key. */
  readonly #lastRows = new Map<CloudWatchForm<string>["dimensions"], Row>();
  #timer: NodeJS.Timeout | undefined;

  /** @param instruments of which those with `isZeroWritten` are written in every window */
  constructor(instruments: readonly Instrument[], options: CloudWatchExporterOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#windowMs = options.windowMs ?? GATEWAY_METRICS_WINDOW_SECONDS * 1000;
    this.#zeros = instruments.filter(({ cloudWatch }) => cloudWatch?.isZeroWritten === true);
  }

  /** Writes at the end of every window from now on; windows end at multiples of their length, on every gateway alike. */
  start(): void {
    this.#schedule(this.#endOfWindow(this.#now()));
  }

  /** Writes what the last window has so far. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#flush(this.#now());
  }

  add(instrument: Instrument, labels: Labels, value: number): void {
    const { cloudWatch } = instrument;
    if (cloudWatch === undefined) return;
    const { counts } = this.#row(cloudWatch, labels);
    counts.set(instrument, (counts.get(instrument) ?? 0) + value);
  }

  observe(instrument: Instrument, labels: Labels, value: number): void {
    const { cloudWatch } = instrument;
    if (cloudWatch === undefined) return;
    const { distributions } = this.#row(cloudWatch, labels);
    let distribution = distributions.get(instrument);
    if (distribution === undefined) {
      distribution = new Distribution();
      distributions.set(instrument, distribution);
    }
    distribution.add(value);
  }

  watch({ cloudWatch }: Instrument, read: () => Iterable<Sample>): void {
    if (cloudWatch !== undefined) this.#watched.push({ form: cloudWatch, read });
  }

  declare(): void {
    // A metric that is never written costs nothing; those that alarms need are `isZeroWritten`.
  }

  #row(form: CloudWatchForm<string>, labels: Labels): Row {
    const last = this.#lastRows.get(form.dimensions);
    if (last !== undefined && hasDimensions(last, form, labels)) return last;
    const row = this.#findRow(form, labels);
    this.#lastRows.set(form.dimensions, row);
    return row;
  }

  #findRow(form: CloudWatchForm<string>, labels: Labels): Row {
    let key = "";
    for (const name in form.dimensions) key += `${name}=${labels[form.dimensions[name] ?? ""]}\0`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const row: Row = { dimensions: dimensionsOf(form, labels), counts: new Map(), distributions: new Map() };
    this.#rows.set(key, row);
    return row;
  }

  #endOfWindow(time: number): number {
    return (Math.floor(time / this.#windowMs) + 1) * this.#windowMs;
  }

  #schedule(end: number): void {
    this.#timer = setTimeout(() => {
      this.#flush(end - 1); // the window that ends, not the one that begins
      // A timer may be a little early or, on a machine that slept, very late: never two lines for one window.
      this.#schedule(Math.max(end + this.#windowMs, this.#endOfWindow(this.#now())));
    }, end - this.#now()).unref();
  }

  #flush(time: number): void {
    const { environment: Environment, write } = this.#options;
    const rows = this.#rows;
    this.#rows = new Map();
    this.#lastRows.clear();
    for (const { dimensions, values } of this.#gather(rows)) {
      const record: EmfRecord = { time, dimensions: { Environment, ...dimensions }, values };
      this.#guard(() => {
        for (const line of emfLines(record)) write(line);
      });
    }
  }

  /** A timer calls this: what it throws would end the process. */
  #guard(step: () => void): void {
    try {
      step();
    } catch {
      this.#options.onFault?.();
    }
  }

  /** Everything of a window by its dimension values, so that each set is one record. */
  #gather(rows: ReadonlyMap<string, Row>): Iterable<Gathered> {
    const gathered = new Map<string, Gathered>();
    const put = (dimensions: Readonly<Record<string, string>>, value: EmfValue) => {
      const key = JSON.stringify(dimensions);
      const known = gathered.get(key);
      if (known === undefined) gathered.set(key, { dimensions, values: [value] });
      else known.values.push(value);
    };
    for (const { form, read } of this.#watched)
      this.#guard(() => {
        for (const { labels, value } of read()) put(dimensionsOf(form, labels), { metric: form.metric, value });
      });
    const written = new Set<Instrument>();
    for (const { dimensions, counts, distributions } of rows.values())
      for (const [instrument, value] of [...counts, ...distributions])
        if (instrument.cloudWatch !== undefined) {
          if (Object.keys(dimensions).length === 0) written.add(instrument);
          put(dimensions, { metric: instrument.cloudWatch.metric, value });
        }
    for (const instrument of this.#zeros)
      if (instrument.cloudWatch !== undefined && !written.has(instrument))
        put({}, { metric: instrument.cloudWatch.metric, value: 0 });
    return gathered.values();
  }
}

interface Gathered {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: EmfValue[];
}

function hasDimensions({ dimensions: values }: Row, { dimensions }: CloudWatchForm<string>, labels: Labels): boolean {
  for (const name in dimensions) if (values[name] !== labels[dimensions[name] ?? ""]) return false;
  return true;
}

function dimensionsOf({ dimensions }: CloudWatchForm<string>, labels: Labels): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(dimensions).map(([name, label]) => [name, labels[label] ?? ""]));
}
