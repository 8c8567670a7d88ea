import type { AlarmState } from "../../../domain/scaling-policy.ts";
import { AwsApiError } from "../../aws-api/aws-api-error.ts";
import type { JsonOperations } from "../../aws-api/endpoint.ts";
import { asText, type JsonObject } from "../../template/json.ts";
import type { MetricAlarm } from "./metric-alarm.ts";
import type { CloudWatchRuntime } from "./runtime.ts";

const STATES: readonly AlarmState[] = ["OK", "ALARM", "INSUFFICIENT_DATA"];

/** `DescribeAlarms` and `SetAlarmState` over the twin's alarms; nobody is notified. */
export function alarmOperations(cloudwatch: CloudWatchRuntime, now: () => number = Date.now): JsonOperations {
  return {
    DescribeAlarms: (request) => describeAlarms(request, cloudwatch, now()),
    SetAlarmState: (request) => setAlarmState(request, cloudwatch, now()),
  };
}

function describeAlarms(request: JsonObject, cloudwatch: CloudWatchRuntime, now: number): JsonObject {
  const prefix = request.AlarmNamePrefix === undefined ? "" : asText(request.AlarmNamePrefix);
  const types = Array.isArray(request.AlarmTypes) ? request.AlarmTypes.map(asText) : ["MetricAlarm"];
  const states = new Map<string, AlarmState>();
  for (const alarm of cloudwatch.alarms.values()) {
    const set = cloudwatch.setStates.get(alarm.name);
    states.set(alarm.name, set && now < set.until ? set.state : alarm.state(cloudwatch.metrics, now));
  }
  const stateOf = (name: string) => states.get(name) ?? "INSUFFICIENT_DATA";
  const described = (alarm: DescribedAlarm, state: AlarmState, reason: string) => ({
    AlarmName: alarm.name,
    AlarmDescription: alarm.description,
    StateValue: state,
    StateReason: reason,
    StateTransitionedTimestamp: cloudwatch.transitionedAt(alarm.name, state, now) / 1000,
    AlarmActions: [...alarm.actions],
  });
  const matching = <Alarm extends { readonly name: string }>(alarms: Iterable<Alarm>, type: string) =>
    types.includes(type) ? [...alarms].filter(({ name }) => name.startsWith(prefix)) : [];
  return {
    MetricAlarms: matching(cloudwatch.alarms.values(), "MetricAlarm").map((alarm) =>
      described(alarm, stateOf(alarm.name), reasonOf(alarm.latest(cloudwatch.metrics, now), alarm)),
    ),
    CompositeAlarms: matching(cloudwatch.compositeAlarms.values(), "CompositeAlarm").map((alarm) =>
      described(alarm, alarm.state(stateOf), "Its rule over the states of other alarms."),
    ),
  };
}

type DescribedAlarm = Pick<MetricAlarm, "name" | "description" | "actions">;

function reasonOf(latest: number | undefined, { rule }: MetricAlarm): string {
  return latest === undefined
    ? "There are no values in the evaluated periods."
    : `The newest value is ${latest}, and the threshold is ${rule.threshold} (${rule.comparison}).`;
}

/** The state lasts until the alarm is next evaluated, at most one of its periods, as on AWS. */
function setAlarmState(request: JsonObject, cloudwatch: CloudWatchRuntime, now: number): JsonObject {
  const name = asText(request.AlarmName);
  const state = STATES.find((known) => known === request.StateValue);
  const alarm = [...cloudwatch.alarms.values()].find((each) => each.name === name);
  if (alarm === undefined) throw new AwsApiError("ResourceNotFound", `There is no alarm ${name}.`);
  if (state === undefined)
    throw new AwsApiError(
      "InvalidParameterValue",
      `StateValue must be ${STATES.join(", ")}, got ${String(request.StateValue)}.`,
    );
  const periodMs = alarm.periodSeconds * 1000;
  cloudwatch.setStates.set(name, { state, until: (Math.floor(now / periodMs) + 1) * periodMs });
  return {};
}
