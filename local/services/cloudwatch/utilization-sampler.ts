import { ENGINE_METRICS } from "../../../contracts/engine-metrics.ts";
import { METRICS } from "../../../contracts/metrics/catalogue.ts";
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
  /** Between two looks at an engine. */
  readonly sampleMs: number;
  /** Looks that make one value of the metric. */
  readonly samplesPerValue: number;
}

const RUNNING = new RegExp(`^${ENGINE_METRICS.requestsRunning}(?:\\{[^}]*\\})?\\s+(\\S+)`, "m");

/**
 * What nvidia-smi's utilisation means on a GPU, for engines on CPUs: the share of time in which something was computed.
 * Each look asks an engine's `/metrics` whether a request runs; a value is the share of looks that found one, in percent.
 */
export class UtilizationSampler {
  readonly #options: UtilizationSamplerOptions;
  readonly #looks = new Map<string, boolean[]>();
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
      groups.flatMap(({ groupName, engines }) => engines.map((engine) => this.#look(groupName, engine))),
    );
    const known = new Set(groups.flatMap(({ engines }) => engines.map(({ id }) => id)));
    for (const id of [...this.#looks.keys()]) if (!known.has(id)) this.#looks.delete(id);
    if (this.#timer !== undefined) this.start();
  }

  async #look(groupName: string, { id, port }: SampledGroup["engines"][number]): Promise<void> {
    const isBusy = await computes(port);
    if (isBusy === undefined) return;
    const looks = [...(this.#looks.get(id) ?? []), isBusy];
    this.#looks.set(id, looks.length < this.#options.samplesPerValue ? looks : []);
    if (looks.length < this.#options.samplesPerValue) return;
    const { namespace, name, unit } = METRICS.gpuUtilization;
    this.#options.metrics.put({
      namespace,
      name,
      unit,
      dimensions: { AutoScalingGroupName: groupName },
      time: Date.now(),
      values: [(100 * looks.filter(Boolean).length) / looks.length],
    });
  }
}

/** Whether the engine computes a request now; `undefined` when it does not say. */
async function computes(port: number): Promise<boolean | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(2000) });
    const value = RUNNING.exec(await answer.text())?.[1];
    return value === undefined ? undefined : Number(value) > 0;
  } catch {
    return undefined;
  }
}
