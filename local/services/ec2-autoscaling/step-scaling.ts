import { type AlarmState, desiredAfterStep, type ScalingStep, stepAdjustment } from "../../../domain/scaling-policy.ts";
import type { MetricAlarm } from "../cloudwatch/metric-alarm.ts";
import type { MetricStore } from "../cloudwatch/metric-store.ts";
import type { AutoScalingGroup } from "./auto-scaling-group.ts";

/** A step-scaling policy of one group. */
export interface StepPolicy {
  readonly groupName: string;
  readonly steps: readonly ScalingStep[];
}

export interface StepScalingOptions {
  readonly metrics: MetricStore;
  /** By how much periods are shorter here than on AWS. */
  readonly timeFactor: number;
  readonly alarms: () => Iterable<MetricAlarm>;
  readonly groups: () => readonly Pick<AutoScalingGroup, "groupName" | "capacity" | "setDesired">[];
  report(line: string): void;
}

interface Watched {
  readonly alarm: MetricAlarm;
  readonly policies: readonly StepPolicy[];
  state: AlarmState;
}

/** Lets a period's last values arrive before it is evaluated, as a share of the period. */
const LAG = 0.1;

/** The alarms that trigger scaling policies, evaluated once in each of their periods, and what the policies do. */
export class StepScaling {
  readonly #options: StepScalingOptions;
  readonly #policies = new Map<string, StepPolicy>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: StepScalingOptions) {
    this.#options = options;
  }

  addPolicy(arn: string, policy: StepPolicy): void {
    this.#policies.set(arn, policy);
  }

  start(): void {
    for (const alarm of this.#options.alarms()) {
      const policies = alarm.actions.flatMap((arn) => this.#policies.get(arn) ?? []);
      if (policies.length > 0) this.#repeat({ alarm, policies, state: "INSUFFICIENT_DATA" });
    }
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #repeat(watched: Watched): void {
    const periodMs = (watched.alarm.periodSeconds * 1000) / this.#options.timeFactor;
    const delay = periodMs - (Date.now() % periodMs) + LAG * periodMs;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#evaluate(watched);
      this.#repeat(watched);
    }, delay).unref();
    this.#timers.add(timer);
  }

  /** CloudWatch sets a scaling action off in every period in which its alarm is on, not only in the first. */
  #evaluate(watched: Watched): void {
    const { metrics, timeFactor, report } = this.#options;
    const { alarm, policies, state: before } = watched;
    const now = Date.now();
    watched.state = alarm.state(metrics, now, before, timeFactor);
    const value = alarm.latest(metrics, now, timeFactor);
    // A change from no data to OK is not reported.
    if (watched.state !== before && !(before === "INSUFFICIENT_DATA" && watched.state === "OK"))
      report(`alarm ${alarm.name}: ${watched.state}${value === undefined ? "" : ` at ${value.toFixed(0)}`}`);
    if (watched.state !== "ALARM" || value === undefined) return;
    for (const policy of policies) this.#apply(policy, alarm, value);
  }

  #apply({ groupName, steps }: StepPolicy, alarm: MetricAlarm, value: number): void {
    const adjustment = stepAdjustment(steps, value - alarm.rule.threshold);
    for (const group of this.#options.groups())
      if (group.groupName === groupName)
        group.setDesired(desiredAfterStep(adjustment, group.capacity), `alarm ${alarm.name}`);
  }
}
