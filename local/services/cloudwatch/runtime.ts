import type { AlarmState } from "../../../domain/scaling-policy.ts";
import type { JsonObject } from "../../template/json.ts";
import type { CompositeAlarm } from "./composite-alarm.ts";
import { ingestEmf } from "./emf-ingest.ts";
import type { MetricAlarm } from "./metric-alarm.ts";
import { MetricStore } from "./metric-store.ts";

/** CloudWatch's state: metrics, alarms and dashboards. */
export class CloudWatchRuntime {
  readonly metrics = new MetricStore();
  /** Alarms on metrics, by ARN. */
  readonly alarms = new Map<string, MetricAlarm>();
  /** Alarms on alarms, by ARN. */
  readonly compositeAlarms = new Map<string, CompositeAlarm>();
  /** States that a caller set, by the alarm's name, until the alarm is next evaluated. */
  readonly setStates = new Map<string, { readonly state: AlarmState; readonly until: number }>();
  /** Bodies of dashboards, by name. */
  readonly dashboards = new Map<string, JsonObject>();
  /** The states in which alarms were last seen, by the alarm's name, and since when. */
  readonly #seen = new Map<string, { readonly state: AlarmState; readonly at: number }>();
  readonly #report: (line: string) => void;

  constructor(report: (line: string) => void) {
    this.#report = report;
  }

  /** When an alarm was first seen in its state, in milliseconds. The twin evaluates alarms when somebody looks at them. */
  transitionedAt(name: string, state: AlarmState, now: number): number {
    const seen = this.#seen.get(name);
    if (seen?.state === state) return seen.at;
    this.#seen.set(name, { state, at: now });
    return now;
  }

  /** What the agent on an instance, and CloudWatch Logs with a function's output, do on AWS. */
  ingestLogLine(line: string): void {
    try {
      ingestEmf(line, this.metrics);
    } catch (error) {
      this.#report(`a line of metrics is not right: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

export interface WithCloudWatch {
  readonly cloudwatch: CloudWatchRuntime;
}
