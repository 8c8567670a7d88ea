import {
  CloudWatchClient,
  paginateDescribeAlarms,
  paginateGetMetricData,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";

export interface AlarmFacts {
  readonly name: string;
  readonly state: string;
  /** ARNs that are notified. */
  readonly actions: readonly string[];
}

export interface MetricSum {
  readonly environment: string;
  readonly metric: Pick<MetricEntry, "namespace" | "name">;
  readonly periodSeconds: number;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** What CloudWatch knows of an environment. */
export interface CloudWatchFacts {
  /** The sum of the environment's own series. */
  sum(query: MetricSum): Promise<number>;
  /** Alarms whose names begin with a prefix, composite ones too. */
  alarms(prefix: string): Promise<readonly AlarmFacts[]>;
  setAlarmState(name: string, state: "ALARM" | "OK", reason: string): Promise<void>;
}

/** CloudWatch in a region, or the local stack's at its address. */
export function cloudWatchFacts(access: AwsAccess): CloudWatchFacts {
  const client = new CloudWatchClient(clientSettings(access));
  return {
    async sum({ environment, metric, periodSeconds, from, to }) {
      const search = `{${metric.namespace},Environment} Environment="${environment}" MetricName="${metric.name}"`;
      const MetricDataQueries = [{ Id: "sum", Expression: `SUM(SEARCH('${search}', 'Sum', ${periodSeconds}))` }];
      const window = { StartTime: new Date(from), EndTime: new Date(to) };
      let sum = 0;
      for await (const page of paginateGetMetricData({ client }, { MetricDataQueries, ...window }))
        for (const { Values = [] } of page.MetricDataResults ?? []) for (const value of Values) sum += value;
      return sum;
    },
    async alarms(prefix) {
      const found: AlarmFacts[] = [];
      const AlarmTypes = ["MetricAlarm", "CompositeAlarm"] as const;
      for await (const page of paginateDescribeAlarms(
        { client },
        { AlarmNamePrefix: prefix, AlarmTypes: [...AlarmTypes] },
      ))
        for (const { AlarmName = "", StateValue = "", AlarmActions = [] } of [
          ...(page.MetricAlarms ?? []),
          ...(page.CompositeAlarms ?? []),
        ])
          found.push({ name: AlarmName, state: StateValue, actions: AlarmActions });
      return found;
    },
    async setAlarmState(name, state, reason) {
      await client.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: state, StateReason: reason }));
    },
  };
}
