import { describe, expect, test } from "vitest";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { Dashboard } from "./dashboard.ts";

interface Placed {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: {
    title?: string;
    period?: number;
    markdown?: string;
    region?: string;
    metrics?: unknown[][];
    alarms?: string[];
  };
}

const stack = synthConstruct(
  (scope) =>
    new Dashboard(scope, "Dashboard", {
      name: "sluice-test",
      region: "eu-west-1",
      environment: "test",
      alarmArns: ["arn:down"],
      loadBalancerArnSuffix: "app/lb",
      gatewayLoadBalancerArnSuffix: "app/lb",
      gatewayTargetGroupArnSuffix: "targetgroup/gateway",
      pools: [
        { model: "small", autoScalingGroupName: "g-small", targetGroupArnSuffix: "targetgroup/small" },
        { model: "large", autoScalingGroupName: "g-large", targetGroupArnSuffix: "targetgroup/large" },
      ],
      hasAuditTrail: true,
      apiStage: { apiName: "sluice-test", stage: "live" },
    }),
);
const { widgets }: { widgets: Placed[] } = JSON.parse(only(stack, "aws_cloudwatch_dashboard").dashboard_body);
const charts = widgets.filter(({ type }) => type === "metric");
const lines = charts.flatMap(({ properties }) => properties.metrics ?? []);
const entries: readonly MetricEntry[] = Object.values(METRICS);

describe("the dashboard", () => {
  // documented: dashboard-questions
  test("has its four headings in the order of an incident", () => {
    const headings = widgets.flatMap(({ properties }) => properties.markdown?.split("\n")[0] ?? []);
    expect(headings).toEqual(["## Is it up?", "## Is it fast?", "## Is it full?", "## What does it cost?"]);
  });

  test("shows only metrics of the catalogue, with dimensions under which they are measured", () => {
    for (const line of lines.filter((parts) => typeof parts[0] === "string")) {
      const [namespace, name, ...rest] = line.filter((part) => typeof part === "string");
      const dimensions = rest.filter((_, index) => index % 2 === 0).sort();
      const entry = entries.find((one) => one.namespace === namespace && one.name === name);
      expect(entry?.dimensions.map((set) => [...set].sort())).toContainEqual(dimensions);
    }
  });

  // documented: dashboard-metrics
  test("shows every metric that docs/requirements.md requires", () => {
    const shown = new Set(lines.map(([namespace, name]) => `${namespace} ${name}`));
    for (const entry of [
      METRICS.latency,
      METRICS.requests,
      METRICS.timeToFirstToken,
      METRICS.timePerOutputToken,
      METRICS.errorsByCode,
      METRICS.gpuUtilization,
      METRICS.kvCacheUsage,
      METRICS.healthyHosts,
      METRICS.apiLatency,
      METRICS.hourlyCost,
      METRICS.costPerMillionTokens,
    ])
      expect(shown).toContain(`${entry.namespace} ${entry.name}`);
    const latency = charts.find(({ properties }) => properties.title === "Latency");
    expect(latency?.properties.metrics?.map((line) => line.at(-1))).toMatchObject([
      { stat: "p50" },
      { stat: "p95" },
      { stat: "p99" },
    ]);
  });

  test("cost has a point for each hour, everything else one for each minute", () => {
    const hourly = charts.filter(({ properties }) => properties.period === 3600);
    expect(hourly.map(({ properties }) => properties.title)).toEqual([
      "Cost per hour",
      "Cost per million tokens",
      "A month at this rate",
      "Charged to callers",
    ]);
    expect(charts.filter(({ properties }) => properties.period !== 3600 && properties.period !== 60)).toEqual([]);
  });

  test("expressions use ids of their own chart only, and each id once", () => {
    for (const { properties } of charts) {
      const options = (properties.metrics ?? []).map((line) => line.at(-1) as { id?: string; expression?: string });
      const ids = options.flatMap(({ id }) => id ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of ids) expect(id).toMatch(/^[a-z][a-zA-Z0-9_]*$/);
      const used = options.flatMap(({ expression = "" }) => expression.match(/\b[a-z]\w*/g) ?? []);
      expect(ids).toEqual(expect.arrayContaining(used));
    }
  });

  test("no two widgets lie on each other, and none leaves the grid of 24", () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++)
        for (let row = y; row < y + height; row++) {
          expect(taken).not.toContain(`${column} ${row}`);
          taken.add(`${column} ${row}`);
        }
    }
  });

  test("keeps to CloudWatch's limits: 500 widgets, 500 metrics in each", () => {
    expect(widgets.length).toBeLessThanOrEqual(500);
    for (const { properties } of charts) expect(properties.metrics?.length).toBeLessThanOrEqual(500);
    expect(charts.every(({ properties }) => properties.region === "eu-west-1")).toBe(true);
  });
});
