import type { Instrument, Labels, Sample } from "./instrument.ts";

/** Takes measurements to one system. Each takes the instruments that have its form, and ignores the rest. */
export interface Exporter {
  add(instrument: Instrument, labels: Labels, value: number): void;
  observe(instrument: Instrument, labels: Labels, value: number): void;
  /** Reads a gauge, or a counter that is counted elsewhere, at each export. */
  watch(instrument: Instrument, read: () => Iterable<Sample>): void;
  /** Shows a counter as 0 from the start. */
  declare(instrument: Instrument, labels: Labels): void;
}

/** All measurements of the gateway go through it; a value that is not finite is dropped, and no method throws. */
export class Meter {
  readonly #exporters: readonly Exporter[];

  constructor(exporters: readonly Exporter[]) {
    this.#exporters = exporters;
  }

  /** Adds to a counter. @param value from 0 */
  add<Label extends string>(instrument: Instrument<Label>, labels: Labels<NoInfer<Label>>, value = 1): void {
    if (!Number.isFinite(value) || value < 0) return;
    for (const exporter of this.#exporters) exporter.add(instrument, labels, value);
  }

  /** Puts a value into a histogram. */
  observe<Label extends string>(instrument: Instrument<Label>, labels: Labels<NoInfer<Label>>, value: number): void {
    if (!Number.isFinite(value)) return;
    for (const exporter of this.#exporters) exporter.observe(instrument, labels, value);
  }

  watch<Label extends string>(instrument: Instrument<Label>, read: () => Iterable<Sample<NoInfer<Label>>>): void {
    for (const exporter of this.#exporters) exporter.watch(instrument, read);
  }

  declare<Label extends string>(instrument: Instrument<Label>, labels: Labels<NoInfer<Label>>): void {
    for (const exporter of this.#exporters) exporter.declare(instrument, labels);
  }
}
