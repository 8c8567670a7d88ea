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
  readonly #report: (line: string) => void;

  constructor(report: (line: string) => void) {
    this.#report = report;
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
