import { afterAll, describe, expect, test } from "vitest";
import { environmentNames, loadEnvironment } from "../../../environments/load.ts";
import { synthesizeEnvironment } from "../../../stacks/environment-stacks.ts";
import { builtAssets } from "../../../test-support/built-assets.ts";
import { only, resources, synthApp } from "../../../test-support/synth.ts";
import { CompositeAlarm } from "./composite-alarm.ts";
import { viewDashboard } from "./dashboard-view.ts";
import { MetricAlarm } from "./metric-alarm.ts";
import { MetricStore } from "./metric-store.ts";

const assets = builtAssets();
afterAll(() => assets.remove());
const environments = await Promise.all(environmentNames().map(loadEnvironment));
const range = { from: 0, to: 60_000, periodMs: 10_000 };

describe.each(environments.map((environment) => [environment.name, environment] as const))(
  "the monitoring of %s",
  (name, environment) => {
    const stacks = synthApp((app) => synthesizeEnvironment(app, environment, assets));

    test("has a dashboard of which the twin understands every widget and expression", () => {
      const { dashboard_body: body } = only(stacks[`${name}-monitoring`], "aws_cloudwatch_dashboard");
      const views = viewDashboard(JSON.parse(body), new MetricStore(), range);
      expect(views.filter(({ kind }) => kind === "chart").length).toBeGreaterThan(15);
    });

    test("has alarms of which the twin understands every rule", () => {
      const store = new MetricStore();
      for (const stack of Object.values(stacks)) {
        for (const config of Object.values(resources(stack, "aws_cloudwatch_metric_alarm")))
          expect(new MetricAlarm(config).state(store, 3_600_000)).toMatch(/^(OK|ALARM)$/);
        for (const config of Object.values(resources(stack, "aws_cloudwatch_composite_alarm")))
          expect(new CompositeAlarm(config).state(() => "OK")).toBe("OK");
      }
    });
  },
);
