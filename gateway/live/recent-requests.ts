import { Distribution } from "../metrics/distribution.ts";
import type { Instrument, Labels } from "../metrics/instrument.ts";
import type { Exporter } from "../metrics/meter.ts";
import { REQUEST_INSTRUMENTS } from "../metrics/request-instruments.ts";

/** A part of the window: parts begin at multiples of their length by the wall clock, so that those of all gateways add up. */
export const PART_MS = 15_000;
export const PARTS = 20;

/** What a part of the window saw of one model. */
interface Part {
  /** Number of the part since 1970. */
  number: number;
  requests: number;
  failures: number;
  latency: Distribution;
  firstToken: Distribution;
}

/** What the window saw of one model. */
export interface RecentModel {
  readonly requests: number;
  readonly failures: number;
  readonly latency: Distribution;
  readonly firstToken: Distribution;
  /** The oldest first. */
  readonly history: readonly { readonly at: string; readonly requests: number; readonly failures: number }[];
}

/** Requests of the last five minutes by model, from what the meter is told; in bounded memory however many there were. */
export class RecentRequests implements Exporter {
  readonly #wallClock: () => number;
  /** Models are the configured ones: few. */
  readonly #models = new Map<string, Part[]>();

  constructor(wallClock: () => number) {
    this.#wallClock = wallClock;
  }

  add(instrument: Instrument, { knownModel }: Labels, value: number): void {
    if (knownModel === undefined) return;
    if (instrument === REQUEST_INSTRUMENTS.requests) this.#part(knownModel).requests += value;
    else if (instrument === REQUEST_INSTRUMENTS.serverErrors && value > 0) this.#part(knownModel).failures += value;
  }

  observe(instrument: Instrument, { knownModel }: Labels, value: number): void {
    if (knownModel === undefined) return;
    if (instrument === REQUEST_INSTRUMENTS.latency) this.#part(knownModel).latency.add(value);
    else if (instrument === REQUEST_INSTRUMENTS.timeToFirstToken) this.#part(knownModel).firstToken.add(value);
  }

  watch(): void {
    // Gauges are read from where they are.
  }

  declare(): void {
    // A model without requests is listed all the same.
  }

  of(model: string): RecentModel {
    const now = this.#number();
    const parts = (this.#models.get(model) ?? []).filter(({ number }) => number > now - PARTS);
    const latency = new Distribution();
    const firstToken = new Distribution();
    for (const part of parts) {
      for (const { value, count } of part.latency.bins()) latency.add(value, count);
      for (const { value, count } of part.firstToken.bins()) firstToken.add(value, count);
    }
    const history = Array.from({ length: PARTS }, (_, index) => {
      const number = now - PARTS + 1 + index;
      const { requests = 0, failures = 0 } = parts.find((part) => part.number === number) ?? {};
      return { at: new Date(number * PART_MS).toISOString(), requests, failures };
    });
    const sum = (of: "requests" | "failures") => history.reduce((total, part) => total + part[of], 0);
    return { requests: sum("requests"), failures: sum("failures"), latency, firstToken, history };
  }

  #number(): number {
    return Math.floor(this.#wallClock() / PART_MS);
  }

  /** The present part; one that is older than the window is used again. */
  #part(model: string): Part {
    let parts = this.#models.get(model);
    if (parts === undefined) {
      parts = [];
      this.#models.set(model, parts);
    }
    const number = this.#number();
    const index = number % PARTS;
    const known = parts[index];
    if (known?.number === number) return known;
    const part = { number, requests: 0, failures: 0, latency: new Distribution(), firstToken: new Distribution() };
    parts[index] = part;
    return part;
  }
}
