import type { IncomingMessage, ServerResponse } from "node:http";
import { GATEWAY_METRICS_WINDOW_SECONDS } from "../../../contracts/metrics/catalogue.ts";
import type { AlarmState } from "../../../domain/scaling-policy.ts";
import { answer } from "../../http/server.ts";
import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asObject, asText, type Json } from "../../template/json.ts";
import type { World } from "../../world.ts";
import { CompositeAlarm } from "./composite-alarm.ts";
import { type AlarmLine, DASHBOARD_POLICY, dashboardPage } from "./dashboard-page.ts";
import { viewDashboard } from "./dashboard-view.ts";
import { MetricAlarm } from "./metric-alarm.ts";
import { SampledMetrics } from "./sampled-metrics.ts";

export const metricAlarm: ResourcePlugin = {
  type: "aws_cloudwatch_metric_alarm",
  start(config, resource, world) {
    world.alarms.set(arnOf(resource, world), new MetricAlarm(config));
  },
};

export const compositeAlarm: ResourcePlugin = {
  type: "aws_cloudwatch_composite_alarm",
  start(config, resource, world) {
    world.compositeAlarms.set(arnOf(resource, world), new CompositeAlarm(config));
  },
};

export const dashboard: ResourcePlugin = {
  type: "aws_cloudwatch_dashboard",
  start(config, _resource, world) {
    const body: Json = JSON.parse(asText(config.dashboard_body));
    world.dashboards.set(asText(config.dashboard_name), asObject(body));
  },
};

/** What AWS and the agents measure by themselves, over what runs here. */
export function sampledMetrics(world: World, environment: string): SampledMetrics {
  return new SampledMetrics({
    store: world.metrics,
    environment,
    stage: () => world.stageDimensions,
    engines: () =>
      world.enginePools.flatMap(({ model, group }) => group.instances.map(({ port }) => ({ model, port }))),
    targetGroups: () =>
      [...world.loadBalancers.keys()].flatMap((loadBalancer) =>
        [...world.targetGroups].map(([targetGroup, { targets }]) => ({
          loadBalancer,
          targetGroup,
          healthy: targets.filter(({ state }) => state === "healthy").length,
          unhealthy: targets.filter(({ state }) => state === "unhealthy").length,
        })),
      ),
  });
}

/** A run on one machine is short: a quarter of an hour, in periods of the gateways' windows. */
const RANGE_MS = 15 * 60_000;
const PERIOD_MS = GATEWAY_METRICS_WINDOW_SECONDS * 1000;

/** Answers any path with the stacks' dashboard as it is now. */
export function handleDashboard(world: World, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== "GET" && request.method !== "HEAD")
    return answer(
      response,
      405,
      { "content-type": "text/plain", allow: "GET, HEAD" },
      "The dashboard can only be read.",
    );
  const [first] = world.dashboards;
  if (!first) return answer(response, 503, { "content-type": "text/plain", "retry-after": "1" }, "starting");
  const [name, body] = first;
  // The period that runs now is not whole: its sums would always fall.
  const to = Math.floor(Date.now() / PERIOD_MS) * PERIOD_MS;
  const range = { from: to - RANGE_MS, to, periodMs: PERIOD_MS };
  const page = dashboardPage({
    name,
    widgets: viewDashboard(body, world.metrics, range),
    alarms: alarmLines(world),
    from: range.from,
    to,
    periodSeconds: PERIOD_MS / 1000,
  });
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": DASHBOARD_POLICY,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  answer(response, 200, headers, page);
}

function alarmLines(world: World): ReadonlyMap<string, AlarmLine> {
  const now = Date.now();
  const lines = new Map<string, AlarmLine>();
  const states = new Map<string, AlarmState>();
  for (const [arn, alarm] of world.alarms) {
    const { name, description } = alarm;
    const state = alarm.state(world.metrics, now, "INSUFFICIENT_DATA", world.settings.timeFactor);
    states.set(name, state);
    lines.set(arn, { name, description, state });
  }
  for (const [arn, alarm] of world.compositeAlarms) {
    const { name, description } = alarm;
    lines.set(arn, { name, description, state: alarm.state((child) => states.get(child) ?? "INSUFFICIENT_DATA") });
  }
  return lines;
}
