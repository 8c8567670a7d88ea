import { METRICS } from "../../../contracts/metrics/catalogue.ts";
import type { MetricEntry } from "../../../contracts/metrics/metric-entry.ts";
import { sumOfSamples } from "../../../lib/prometheus-text.ts";
import { scrapeMetrics } from "./engine-gauges.ts";
import type { Dimensions, MetricStore } from "./metric-store.ts";

export interface SampledTargetGroup {
  readonly loadBalancer: string;
  readonly targetGroup: string;
  readonly healthy: number;
  readonly unhealthy: number;
}

export interface SampledGroup {
  readonly groupName: string;
  /** Instances that start and are not yet in service. */
  readonly pending: number;
}

export interface SampledEngine {
  readonly model: string;
  readonly port: number;
}

export interface SampledMetricsOptions {
  readonly store: MetricStore;
  readonly environment: string;
  targetGroups(): readonly SampledTargetGroup[];
  /** Auto Scaling groups whose metrics are enabled. */
  groups(): readonly SampledGroup[];
  engines(): readonly SampledEngine[];
  /** The name of the API's stage in CloudWatch. */
  stage(): Dimensions | undefined;
  /** @default - 2 s, 5 s */
  readonly intervals?: { readonly enginesMs: number; readonly targetGroupsMs: number };
}

/** An engine that is busy for longer than this is sampled again next time. */
const SCRAPE_TIMEOUT_MS = 1500;
const INTERVALS = { enginesMs: 2000, targetGroupsMs: 5000 };

/**
 * The metrics that AWS writes (API Gateway, load balancer, Auto Scaling), and those that the agent on an engine's instance reads.
 */
export class SampledMetrics {
  readonly #options: SampledMetricsOptions;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(options: SampledMetricsOptions) {
    this.#options = options;
  }

  start(): void {
    const { enginesMs, targetGroupsMs } = this.#options.intervals ?? INTERVALS;
    this.#timers.push(
      setInterval(() => void this.#sampleEngines(), enginesMs).unref(),
      setInterval(() => this.#sampleTargetGroups(), targetGroupsMs).unref(),
      setInterval(() => this.#sampleGroups(), targetGroupsMs).unref(),
    );
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** One request at the API's stage. */
  apiRequest(status: number, durationMs: number): void {
    const dimensions = this.#options.stage();
    if (!dimensions) return;
    const time = Date.now();
    this.#put(METRICS.apiCount, dimensions, time, 1);
    this.#put(METRICS.apiLatency, dimensions, time, durationMs);
    this.#put(METRICS.api4xx, dimensions, time, status >= 400 && status < 500 ? 1 : 0);
    this.#put(METRICS.api5xx, dimensions, time, status >= 500 ? 1 : 0);
  }

  #sampleTargetGroups(): void {
    const time = Date.now();
    for (const { loadBalancer, targetGroup, healthy, unhealthy } of this.#options.targetGroups()) {
      // The load balancer reports no metric for a group without targets.
      if (healthy + unhealthy === 0) continue;
      const dimensions = { LoadBalancer: loadBalancer, TargetGroup: targetGroup };
      this.#put(METRICS.healthyHosts, dimensions, time, healthy);
      this.#put(METRICS.unhealthyHosts, dimensions, time, unhealthy);
    }
  }

  #sampleGroups(): void {
    const time = Date.now();
    for (const { groupName, pending } of this.#options.groups())
      this.#put(METRICS.pendingInstances, { AutoScalingGroupName: groupName }, time, pending);
  }

  async #sampleEngines(): Promise<void> {
    await Promise.all(this.#options.engines().map((engine) => this.#sampleEngine(engine)));
  }

  async #sampleEngine({ model, port }: SampledEngine): Promise<void> {
    const text = await scrapeMetrics(port, SCRAPE_TIMEOUT_MS);
    if (text === undefined) return;
    const time = Date.now();
    const dimensions = { Environment: this.#options.environment, Model: model };
    for (const metric of [METRICS.requestsRunning, METRICS.requestsWaiting, METRICS.kvCacheUsage]) {
      const value = sumOfSamples(text, metric.name);
      if (value !== undefined) this.#put(metric, dimensions, time, value);
    }
  }

  #put({ namespace, name, unit }: MetricEntry, dimensions: Dimensions, time: number, value: number): void {
    this.#options.store.put({ namespace, name, unit, dimensions, time, values: [value] });
  }
}
