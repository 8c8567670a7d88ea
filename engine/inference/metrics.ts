import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { ENGINE_METRICS } from "../../contracts/engine/engine-metrics.ts";

/** Values of the gauges at the moment of a scrape. */
export interface EngineState {
  readonly running: number;
  readonly waiting: number;
  /** 0 to 1. */
  readonly cacheUsage: number;
}

const LATENCY_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const TOKEN_BUCKETS = [0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5];

/** The engine's metrics under vLLM's names, each with the label `model_name`. */
export class EngineMetrics {
  readonly #registry = new Registry();
  readonly #labels: { readonly model_name: string };
  readonly #promptTokens: Counter;
  readonly #generationTokens: Counter;
  readonly #success: Counter;
  readonly #queries: Counter;
  readonly #hits: Counter;
  readonly #firstToken: Histogram;
  readonly #interToken: Histogram;
  readonly #endToEnd: Histogram;
  readonly #queueTime: Histogram;

  constructor(modelName: string, state: () => EngineState) {
    this.#labels = { model_name: modelName };
    const labels = this.#labels;
    const base = { registers: [this.#registry], labelNames: ["model_name"] };
    const gauge = (name: string, help: string, read: (now: EngineState) => number) => {
      new Gauge({
        ...base,
        name,
        help,
        collect() {
          this.set(labels, read(state()));
        },
      });
    };
    const counter = (name: string, help: string) => {
      const made = new Counter({ ...base, name, help });
      made.inc(labels, 0);
      return made;
    };
    const histogram = (name: string, help: string, buckets: number[]) =>
      new Histogram({ ...base, name, help, buckets });
    gauge(ENGINE_METRICS.requestsRunning, "Sequences that compute now.", (now) => now.running);
    gauge(ENGINE_METRICS.requestsWaiting, "Sequences that wait for a slot.", (now) => now.waiting);
    gauge(ENGINE_METRICS.kvCacheUsage, "Share of the KV cache in use, 0 to 1.", (now) => now.cacheUsage);
    this.#promptTokens = counter(ENGINE_METRICS.promptTokens, "Prompt tokens.");
    this.#generationTokens = counter(ENGINE_METRICS.generationTokens, "Generated tokens.");
    this.#queries = counter(ENGINE_METRICS.prefixCacheQueries, "Prompt tokens looked up in the prefix cache.");
    this.#hits = counter(ENGINE_METRICS.prefixCacheHits, "Prompt tokens found in the prefix cache.");
    this.#success = new Counter({
      registers: [this.#registry],
      name: ENGINE_METRICS.requestSuccess,
      help: "Finished sequences by reason.",
      labelNames: ["model_name", "finished_reason"],
    });
    this.#firstToken = histogram(ENGINE_METRICS.timeToFirstToken, "Seconds to the first token.", LATENCY_BUCKETS);
    this.#interToken = histogram(ENGINE_METRICS.interTokenLatency, "Seconds between tokens.", TOKEN_BUCKETS);
    this.#endToEnd = histogram(ENGINE_METRICS.endToEndLatency, "Seconds from arrival to the end.", LATENCY_BUCKETS);
    this.#queueTime = histogram(ENGINE_METRICS.queueTime, "Seconds in the queue.", LATENCY_BUCKETS);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Measures one sequence from its arrival. */
  sequence(promptTokens: number): SequenceMetrics {
    const arrived = performance.now();
    let last = arrived;
    let tokens = 0;
    const since = (from: number) => (performance.now() - from) / 1000;
    return {
      start: (cachedTokens) => {
        this.#queueTime.observe(this.#labels, since(arrived));
        this.#promptTokens.inc(this.#labels, promptTokens);
        this.#queries.inc(this.#labels, promptTokens);
        this.#hits.inc(this.#labels, cachedTokens);
      },
      token: () => {
        (tokens === 0 ? this.#firstToken : this.#interToken).observe(this.#labels, since(last));
        this.#generationTokens.inc(this.#labels);
        tokens += 1;
        last = performance.now();
      },
      end: (reason) => {
        this.#success.inc({ ...this.#labels, finished_reason: reason });
        this.#endToEnd.observe(this.#labels, since(arrived));
      },
    };
  }
}

export interface SequenceMetrics {
  readonly start: (cachedTokens: number) => void;
  readonly token: () => void;
  readonly end: (reason: "stop" | "length" | "abort" | "error") => void;
}
