import { PRIORITIES, type Priority } from "../../contracts/processes/priority.ts";
import type { Meter } from "../metrics/meter.ts";
import { QUEUE_INSTRUMENTS } from "../metrics/queue-instruments.ts";
import type { Admission, AdmissionWatcher } from "./admission.ts";
import { SHED_REASONS, type ShedReason } from "./shed-error.ts";

/** Measures the queue. */
export class QueueMeasurements implements AdmissionWatcher {
  readonly #meter: Meter;

  /** @param models pools whose waiting requests are counted separately */
  constructor(meter: Meter, admission: Admission, models: readonly string[]) {
    this.#meter = meter;
    for (const reason of SHED_REASONS) meter.declare(QUEUE_INSTRUMENTS.shed, { reason });
    meter.watch(QUEUE_INSTRUMENTS.requests, () =>
      PRIORITIES.map((priority) => ({ labels: { priority }, value: admission.use(priority).requests })),
    );
    meter.watch(QUEUE_INSTRUMENTS.bytes, () =>
      PRIORITIES.map((priority) => ({ labels: { priority }, value: admission.use(priority).bytes })),
    );
    meter.watch(QUEUE_INSTRUMENTS.depth, () =>
      models.map((model) => ({ labels: { model }, value: admission.waitingFor(model).requests })),
    );
    meter.watch(QUEUE_INSTRUMENTS.age, () =>
      models.map((model) => ({ labels: { model }, value: admission.waitingFor(model).oldestSeconds })),
    );
  }

  served(priority: Priority, waitedMs: number): void {
    this.#meter.observe(QUEUE_INSTRUMENTS.wait, { priority }, waitedMs);
  }

  shed(reason: ShedReason): void {
    this.#meter.add(QUEUE_INSTRUMENTS.shed, { reason });
  }
}
