import { type AlarmRule, type AlarmState, alarmState } from "../../domain/scaling-policy.ts";
import type { MetricQuery } from "./metric-store.ts";

/** What an alarm's action is told. */
export interface AlarmNotice {
  readonly alarm: string;
  /** Newest measured value, and its distance from the threshold. */
  readonly value: number;
  readonly distance: number;
}

export interface AlarmOptions {
  readonly name: string;
  readonly rule: AlarmRule;
  readonly metric: Pick<MetricQuery, "namespace" | "name" | "dimensions" | "statistic">;
  /** Length of a period on this machine, in milliseconds. */
  readonly periodMs: number;
  query(query: MetricQuery): readonly { readonly time: number; readonly value: number }[];
  /** Called in every period in which the alarm is on, as CloudWatch does for scaling actions. */
  onAlarm(notice: AlarmNotice): void;
  /** Told of each change of state, one line. */
  report(line: string): void;
}

/** A CloudWatch alarm over the metrics of this machine, evaluated once in each of its periods. */
export class Alarm {
  readonly #options: AlarmOptions;
  #state: AlarmState = "INSUFFICIENT_DATA";
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AlarmOptions) {
    this.#options = options;
  }

  get state(): AlarmState {
    return this.#state;
  }

  start(): void {
    const { periodMs } = this.#options;
    this.#timer = setInterval(() => this.evaluate(Date.now()), periodMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks at the last complete periods. */
  evaluate(now: number): void {
    const { name, rule, metric, periodMs, query, onAlarm, report } = this.#options;
    const to = Math.floor(now / periodMs) * periodMs;
    const from = to - rule.evaluationPeriods * periodMs;
    const found = new Map(query({ ...metric, periodMs, from, to }).map(({ time, value }) => [time, value]));
    const points = Array.from({ length: rule.evaluationPeriods }, (_, index) => found.get(from + index * periodMs));
    const before = this.#state;
    this.#state = alarmState(rule, points, before);
    const value = points.findLast((point) => point !== undefined);
    // Coming from nothing to fine is no news.
    if (this.#state !== before && !(this.#state === "OK" && before === "INSUFFICIENT_DATA"))
      report(`alarm ${name}: ${this.#state}${value === undefined ? "" : ` at ${value.toFixed(0)}`}`);
    if (this.#state === "ALARM" && value !== undefined)
      onAlarm({ alarm: name, value, distance: value - rule.threshold });
  }
}
