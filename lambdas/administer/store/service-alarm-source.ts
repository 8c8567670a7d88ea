import { type CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { dashboardUrl } from "../../../contracts/processes/names.ts";

/** An alarm as CloudWatch has it. */
export interface DescribedAlarm {
  readonly name: string;
  /** @default "" */
  readonly description: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  readonly state: string;
  readonly reason: string;
  /** When it came into this state. */
  readonly since: Date | undefined;
}

/** The alarms of the environment. */
export interface ServiceAlarmSource {
  /** @throws what CloudWatch's client throws */
  list(): Promise<readonly DescribedAlarm[]>;
  /** Address of the dashboard. @default - the environment does not run on AWS */
  readonly dashboardUrl: string | undefined;
}

export interface CloudWatchAlarmsOptions {
  readonly client: CloudWatchClient;
  /** Name of the environment's resources, `sluice-<environment>`: its alarms' names begin with it, and its dashboard has it. */
  readonly resourceName: string;
  /** Name of the topic to which the environment's alarms send. */
  readonly topicName: string;
  readonly region: string;
  /** Whether the calls go to AWS. */
  readonly isAws: boolean;
  /** Milliseconds of a monotonic clock. */
  readonly uptime: () => number;
}

/** CloudWatch evaluates an alarm once a minute, and takes 9 DescribeAlarms calls a second in an account (its quotas page). */
const REMEMBERED_MS = 10_000;

/** Reads the alarms of CloudWatch, at most once in ten seconds however many consoles are open. */
export class CloudWatchAlarms implements ServiceAlarmSource {
  readonly #options: CloudWatchAlarmsOptions;
  #last: { readonly at: number; readonly alarms: Promise<readonly DescribedAlarm[]> } | undefined;

  constructor(options: CloudWatchAlarmsOptions) {
    this.#options = options;
  }

  get dashboardUrl(): string | undefined {
    const { isAws, region, resourceName } = this.#options;
    return isAws ? dashboardUrl(region, resourceName) : undefined;
  }

  list(): Promise<readonly DescribedAlarm[]> {
    const at = this.#options.uptime();
    if (this.#last !== undefined && at - this.#last.at < REMEMBERED_MS) return this.#last.alarms;
    const last = { at, alarms: this.#read() };
    this.#last = last;
    // A failure is not remembered.
    last.alarms.catch(() => {
      if (this.#last === last) this.#last = undefined;
    });
    return last.alarms;
  }

  async #read(): Promise<readonly DescribedAlarm[]> {
    const { client, resourceName, topicName } = this.#options;
    const found: DescribedAlarm[] = [];
    const pages = paginateDescribeAlarms(
      { client },
      { AlarmNamePrefix: `${resourceName}-`, AlarmTypes: ["MetricAlarm", "CompositeAlarm"] },
    );
    for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages)
      for (const alarm of [...MetricAlarms, ...CompositeAlarms]) {
        // The name of another environment may begin with this one's, and scaling has alarms of its own.
        if (!alarm.AlarmActions?.some((action) => action.endsWith(`:${topicName}`))) continue;
        found.push({
          name: alarm.AlarmName ?? "",
          description: alarm.AlarmDescription ?? "",
          state: alarm.StateValue ?? "INSUFFICIENT_DATA",
          reason: alarm.StateReason ?? "",
          since: alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp,
        });
      }
    return found;
  }
}
