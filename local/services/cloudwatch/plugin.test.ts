import { describe, expect, onTestFinished, test } from "vitest";
import { bind } from "../../http/server.ts";
import { arnOf } from "../../runtime/names.ts";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { handleDashboard } from "./dashboard-handler.ts";
import { compositeAlarm, dashboard, metricAlarm } from "./plugin.ts";

const alarmConfig = {
  alarm_name: "sluice-dev-latency",
  alarm_description: "Slow. See docs/operations.md#latency",
  namespace: "N",
  metric_name: "Latency",
  dimensions: { Environment: "dev" },
  extended_statistic: "p99",
  comparison_operator: "GreaterThanThreshold",
  threshold: 5000,
  period: 60,
  evaluation_periods: 1,
  treat_missing_data: "notBreaching",
};

async function servedRuntime() {
  const runtime = emptyRuntime();
  const server = await bind(0, "", (request, response) => handleDashboard(runtime, request, response));
  onTestFinished(() => server.close());
  const get = (method = "GET") => fetch(`http://127.0.0.1:${server.port}/`, { method });
  const alarm = resource("aws_cloudwatch_metric_alarm", "Latency");
  const show = async () => {
    await metricAlarm.start?.(alarmConfig, alarm, runtime);
    const down = resource("aws_cloudwatch_composite_alarm", "Down");
    await compositeAlarm.start?.(
      { alarm_name: "sluice-dev-down", alarm_rule: 'ALARM("sluice-dev-latency")' },
      down,
      runtime,
    );
    const position = { x: 0, y: 0, width: 8, height: 6 };
    const line = ["N", "Latency", "Environment", "dev", { stat: "p99", label: "p99" }];
    const body = {
      widgets: [
        {
          type: "alarm",
          ...position,
          properties: { title: "Alarms", alarms: [arnOf(down, runtime), arnOf(alarm, runtime), "arn:other"] },
        },
        { type: "metric", ...position, properties: { title: "Latency", metrics: [line] } },
      ],
    };
    const config = { dashboard_name: "sluice-dev", dashboard_body: JSON.stringify(body) };
    await dashboard.start?.(config, resource("aws_cloudwatch_dashboard", "Dashboard"), runtime);
  };
  return { runtime, get, show };
}

describe("the dashboard's page", () => {
  test("is not there before the stacks have one", async () => {
    const { get } = await servedRuntime();
    expect((await get()).status).toBe(503);
  });

  test("shows the metrics of this machine and the alarms' states, under a policy that allows no other sources", async () => {
    const { runtime, get, show } = await servedRuntime();
    await show();
    const put = (time: number) =>
      runtime.cloudwatch.metrics.put({
        namespace: "N",
        name: "Latency",
        dimensions: { Environment: "dev" },
        time,
        values: [6123],
      });
    const minute = 60_000;
    put(Math.floor(Date.now() / minute) * minute - 1000);
    const response = await get();
    const text = await response.text();
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'sha256-/);
    expect(text.match(/<b class="ALARM">ALARM<\/b>/g)).toHaveLength(2);
    expect(text).toContain("sluice-dev-down");
    expect(text).toContain("sluice-dev-latency");
    expect(text).toMatch(/<td>6123<\/td>/);
    expect(text).toContain("Latency as a table");
  });

  test("can only be read", async () => {
    const { get, show } = await servedRuntime();
    await show();
    const response = await get("POST");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });
});
