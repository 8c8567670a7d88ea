import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { METRICS } from "../../../contracts/metrics/catalogue.ts";
import { axeFindings } from "../../../test-support/axe-findings.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../../../test-support/chromium.ts";
import { bind } from "../../http/server.ts";
import { arnOf } from "../../runtime/names.ts";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import type { TwinRuntime } from "../../twin-runtime.ts";
import { handleDashboard } from "./dashboard-handler.ts";
import { dashboard, metricAlarm } from "./plugin.ts";

const hasChromium = findChromium() !== undefined;
const dimensions = { Environment: "dev" };

async function servedDashboard(): Promise<{ readonly runtime: TwinRuntime; readonly url: string }> {
  const runtime = emptyRuntime();
  const { namespace, name } = METRICS.latency;
  const alarm = resource("aws_cloudwatch_metric_alarm", "Latency");
  const alarmConfig = {
    alarm_name: "sluice-dev-latency",
    alarm_description: "Slow.",
    namespace,
    metric_name: name,
    dimensions,
    extended_statistic: "p99",
    comparison_operator: "GreaterThanThreshold",
    threshold: 5000,
    period: 60,
    evaluation_periods: 1,
  };
  await metricAlarm.start?.(alarmConfig, alarm, runtime);
  const line = (stat: string) => [namespace, name, "Environment", "dev", { stat, label: stat }];
  const position = (x: number) => ({ x, y: 2, width: 8, height: 6 });
  const widgets = [
    { type: "text", x: 0, y: 0, width: 24, height: 2, properties: { markdown: "## Is it fast?\nYes." } },
    { type: "alarm", ...position(0), properties: { title: "Alarms", alarms: [arnOf(alarm, runtime)] } },
    { type: "metric", ...position(8), properties: { title: "Latency", metrics: ["p50", "p95", "p99"].map(line) } },
  ];
  const config = { dashboard_name: "sluice-dev", dashboard_body: JSON.stringify({ widgets }) };
  await dashboard.start?.(config, resource("aws_cloudwatch_dashboard", "Dashboard"), runtime);
  const server = await bind(0, "", (request, response) => handleDashboard(runtime, request, response));
  onTestFinished(() => server.close());
  return { runtime, url: `http://127.0.0.1:${server.port}/` };
}

function measure(runtime: TwinRuntime, value: number): void {
  const { namespace, name } = METRICS.latency;
  // Some periods ago, so that it is there in whole.
  runtime.cloudwatch.metrics.put({ namespace, name, dimensions, time: Date.now() - 60_000, values: [value] });
}

describe("the dashboard in a browser", () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (hasChromium) browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test.for(["light", "dark"] as const)(
    "refreshes without closing open parts, and axe finds no problem in %s",
    async (colorScheme, context) => {
      if (!browser) return context.skip(CHROMIUM_REMEDY);
      const { runtime, url } = await servedDashboard();
      measure(runtime, 123);
      const session = await browser.newContext({ colorScheme });
      const page = await session.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(url);
      await page.getByText("Latency as a table").click();
      await page.getByRole("cell", { name: "123" }).first().waitFor();
      measure(runtime, 4567);
      await page.getByRole("cell", { name: "4567" }).first().waitFor();
      expect(await page.getByRole("img", { name: /^Latency .*latest: p50 \d+, p95 4567, p99 4567$/ }).count()).toBe(1);
      expect(await axeFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await session.close();
    },
  );
});
