import { ENGINE_METRICS } from "../../../contracts/engine/engine-metrics.ts";
import { METRICS } from "../../../contracts/metrics/catalogue.ts";
import { sumOfSamples } from "../../../lib/prometheus-text.ts";
import { scrapeMetrics } from "./engine-gauges.ts";
import type { MetricStore } from "./metric-store.ts";

/** A group of engines as the sampler sees it. */
export interface SampledGroup {
  /** Name of the group on AWS: the metric's dimension. */
  readonly groupName: string;
  /** Engines in service. */
  readonly engines: readonly { readonly id: string; readonly port: number }[];
}

export interface UtilizationSamplerOptions {
  readonly groups: () => readonly SampledGroup[];
  readonly metrics: MetricStore;
  /** Milliseconds between two samples of an engine. */
  readonly sampleMs: number;
  /** Samples that make one value of the metric. */
  readonly samplesPerValue: number;
}

const SCRAPE_TIMEOUT_MS = 2000;

/**
 * What nvidia-smi's utilisation means on a GPU, for engines on CPUs: the share of time in which something was computed.
 * A sample reads from an engine's `/metrics` whether a request runs; a value is the share of samples with one, in percent.
 */
export class UtilizationSampler {
  readonly #options: UtilizationSamplerOptions;
  readonly #samples = new Map<string, boolean[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: UtilizationSamplerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setTimeout(() => void this.#round(), this.#options.sampleMs);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #round(): Promise<void> {
    const groups = this.#options.groups();
    await Promise.all(
      groups.flatMap(({ groupName, engines }) => engines.map((engine) => this.#sample(groupName, engine))),
    );
    const known = new Set(groups.flatMap(({ engines }) => engines.map(({ id }) => id)));
    for (const id of [...this.#samples.keys()]) if (!known.has(id)) this.#samples.delete(id);
    if (this.#timer !== undefined) this.start();
  }

  async #sample(groupName: string, { id, port }: SampledGroup["engines"][number]): Promise<void> {
    const isBusy = await isComputing(port);
    if (isBusy === undefined) return;
    const samples = [...(this.#samples.get(id) ?? []), isBusy];
    this.#samples.set(id, samples.length < this.#options.samplesPerValue ? samples : []);
    if (samples.length < this.#options.samplesPerValue) return;
    const { namespace, name, unit } = METRICS.gpuUtilization;
    this.#options.metrics.put({
      namespace,
      name,
      unit,
      dimensions: { AutoScalingGroupName: groupName },
      time: Date.now(),
      values: [(100 * samples.filter(Boolean).length) / samples.length],
    });
  }
}

/** Whether the engine computes a request now; `undefined` when it does not respond, or without the gauge. */
async function isComputing(port: number): Promise<boolean | undefined> {
  const running = sumOfSamples((await scrapeMetrics(port, SCRAPE_TIMEOUT_MS)) ?? "", ENGINE_METRICS.requestsRunning);
  return running === undefined ? undefined : running > 0;
}
