import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { GATEWAY_METRICS } from "../../contracts/gateway-metrics.ts";
import { PRIORITIES, type Priority } from "../../contracts/priority.ts";
import type { Admission, AdmissionWatcher } from "./admission.ts";
import { SHED_REASONS, type ShedReason } from "./shed-error.ts";

/** From a place that was freed at once to the longest wait that can be configured. */
const WAIT_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300];

/** What `/metrics` says of the queue. */
export class QueueMetrics implements AdmissionWatcher {
  readonly #wait: Histogram<"priority">;
  readonly #shed: Counter<"reason">;

  constructor(registry: Registry, admission: Admission) {
    const registers = [registry];
    const names = GATEWAY_METRICS;
    this.#wait = new Histogram({
      name: names.queueWait,
      help: "How long requests waited that got a place then; those that had one at once are not counted.",
      labelNames: ["priority"],
      buckets: WAIT_BUCKETS,
      registers,
    });
    this.#shed = new Counter({
      name: names.shed,
      help: "Requests that got no place, by reason.",
      labelNames: ["reason"],
      registers,
    });
    for (const reason of SHED_REASONS) this.#shed.inc({ reason }, 0);
    new Gauge({
      name: names.queueRequests,
      help: "Requests that wait for a place.",
      labelNames: ["priority"],
      registers,
      collect() {
        for (const priority of PRIORITIES) this.set({ priority }, admission.use(priority).requests);
      },
    });
    new Gauge({
      name: names.queueBytes,
      help: "Bytes of their bodies.",
      labelNames: ["priority"],
      registers,
      collect() {
        for (const priority of PRIORITIES) this.set({ priority }, admission.use(priority).bytes);
      },
    });
  }

  served(priority: Priority, waitedMs: number): void {
    this.#wait.observe({ priority }, waitedMs / 1000);
  }

  shed(reason: ShedReason): void {
    this.#shed.inc({ reason });
  }
}
