import { expect, onTestFinished, test } from "vitest";
import { ServiceAlarms } from "../contracts/live/service-alarms.ts";
import { CloudWatchAlarms } from "../lambdas/administer/store/service-alarm-source.ts";
import { CompositeAlarm } from "./services/cloudwatch/composite-alarm.ts";
import { MetricAlarm } from "./services/cloudwatch/metric-alarm.ts";
import { startControl } from "./test/control/started-control.ts";
import { controlMembers } from "./test/control-members.ts";

const PATH = "/organization/service_alarms";
const TOPIC = "arn:aws:sns:eu-west-1:000000000000:sluice-dev-alarms";

function metricAlarm(name: string, action: string) {
  return new MetricAlarm({
    alarm_name: name,
    alarm_description: "Latency p99 is over 5 s. See docs/operations.md#latency-p99-over-5-seconds",
    alarm_actions: [action],
    comparison_operator: "GreaterThanThreshold",
    evaluation_periods: 1,
    threshold: 5,
    period: 60,
    namespace: "N",
    metric_name: "M",
    statistic: "Maximum",
    treat_missing_data: "notBreaching",
  });
}

/** The control API, and the alarms of two environments and of a scaling policy in the same account. */
async function started() {
  const server = await controlMembers();
  const { alarms, compositeAlarms, metrics } = server.cloudWatch;
  for (const name of ["sluice-dev-error-rate", "sluice-dev-latency"]) alarms.set(name, metricAlarm(name, TOPIC));
  alarms.set("other", metricAlarm("sluice-dev-2-latency", TOPIC.replace("dev", "dev-2")));
  alarms.set("scaling", metricAlarm("sluice-dev-scale-out", "arn:aws:autoscaling:policy"));
  const rule = 'ALARM("sluice-dev-latency") AND OK("sluice-dev-error-rate")';
  const down = { alarm_name: "sluice-dev-down", alarm_description: "All fails.", alarm_actions: [TOPIC] };
  compositeAlarms.set("down", new CompositeAlarm({ ...down, alarm_rule: rule }));
  const read = async (secret: string) => {
    const response = await fetch(`${server.url}${PATH}`, { headers: { authorization: `Bearer ${secret}` } });
    return { status: response.status, body: (await response.json()) as unknown };
  };
  return { ...server, read, metrics };
}

// documented: service-alarms
test("a reader sees the environment's own alarms with state, reason and runbook, those that ring first", async () => {
  const { joinWithKey, read, cloudWatch, clock } = await started();
  const reader = await joinWithKey("user-eve", "reader");
  cloudWatch.setStates.set("sluice-dev-latency", { state: "ALARM", until: Number.POSITIVE_INFINITY });
  const before = Math.floor(clock.ms / 1000);
  const { status, body } = await read(reader);
  expect(status).toBe(200);
  const { alarms, dashboard_url } = ServiceAlarms.parse(body);
  expect(alarms.map(({ name, state }) => [name, state])).toEqual([
    ["sluice-dev-down", "alarm"],
    ["sluice-dev-latency", "alarm"],
    ["sluice-dev-error-rate", "ok"],
  ]);
  expect(alarms[1]).toMatchObject({
    description: "Latency p99 is over 5 s.",
    runbook: "docs/operations.md#latency-p99-over-5-seconds",
    state_reason: "There are no values in the evaluated periods.",
  });
  expect(alarms[0]?.runbook).toBeNull();
  expect(alarms[1]?.state_since).toBeGreaterThanOrEqual(before);
  expect(dashboard_url).toBeNull();
});

test("however many consoles look, CloudWatch is called once in ten seconds", async () => {
  const { joinWithKey, read, alarmCalls, clock } = await started();
  const reader = await joinWithKey("user-eve", "reader");
  await Promise.all(Array.from({ length: 20 }, () => read(reader)));
  expect(alarmCalls.count).toBe(1);
  clock.ms += 10_000;
  await read(reader);
  expect(alarmCalls.count).toBe(2);
});

test("members see none, and neither do owners of other organisations", async () => {
  const { joinWithKey, read } = await started();
  expect((await read(await joinWithKey("user-joe", "member"))).status).toBe(403);
  const { send, seed } = await startControl();
  await seed("org-b", {
    action: "create",
    record: { kind: "user", version: 1, id: "user-bea", email: "bea@b.example", role: "owner", addedAt: 1 },
  });
  const request = { method: "GET", path: `/v1${PATH}`, body: "" };
  expect((await send(request, "org-b", "user-bea")).status).toBe(403);
});

test("a failure of CloudWatch is a 503 that can be tried again, and is not remembered", async () => {
  const { joinWithKey, read, cloudWatch } = await started();
  const reader = await joinWithKey("user-eve", "reader");
  const composite = [...cloudWatch.compositeAlarms];
  cloudWatch.compositeAlarms.set("wrong", {
    name: "sluice-dev-wrong",
    state: () => {
      throw new Error("throttled");
    },
  } as unknown as CompositeAlarm);
  const { status, body } = await read(reader);
  expect(status).toBe(503);
  expect(body).toMatchObject({ error: { code: "storage_unavailable", message: expect.stringContaining("alarms") } });
  expect(JSON.stringify(body)).not.toContain("throttled");
  cloudWatch.compositeAlarms.clear();
  for (const [arn, alarm] of composite) cloudWatch.compositeAlarms.set(arn, alarm);
  expect((await read(reader)).status).toBe(200);
});

test("on AWS the dashboard has CloudWatch's address", async () => {
  const { cloudWatchClient: client } = await started();
  const alarms = new CloudWatchAlarms({
    client,
    resourceName: "sluice-prod",
    topicName: "sluice-prod-alarms",
    region: "eu-west-1",
    isAws: true,
    uptime: () => 0,
  });
  onTestFinished(() => client.destroy());
  expect(alarms.dashboardUrl).toBe(
    "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/sluice-prod",
  );
});
