import type { IncomingMessage, ServerResponse } from "node:http";
import { GATEWAY_METRICS_WINDOW_SECONDS } from "../../../contracts/metrics/catalogue.ts";
import type { AlarmState } from "../../../domain/scaling-policy.ts";
import { respond } from "../../http/server.ts";
import type { WithSettings } from "../../runtime/settings.ts";
import { type AlarmStatus, DASHBOARD_POLICY, dashboardPage } from "./dashboard-page.ts";
import { viewDashboard } from "./dashboard-view.ts";
import type { CloudWatchRuntime, WithCloudWatch } from "./runtime.ts";

/** A run on one machine is short: a quarter of an hour, in periods of the gateways' windows. */
const RANGE_MS = 15 * 60_000;
const PERIOD_MS = GATEWAY_METRICS_WINDOW_SECONDS * 1000;

/** Serves the stacks' current dashboard on any path. */
export function handleDashboard(
  { cloudwatch, settings }: WithCloudWatch & WithSettings,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method !== "GET" && request.method !== "HEAD")
    return respond(
      response,
      405,
      { "content-type": "text/plain", allow: "GET, HEAD" },
      "The dashboard can only be read.",
    );
  const [first] = cloudwatch.dashboards;
  if (!first) return respond(response, 503, { "content-type": "text/plain", "retry-after": "1" }, "starting");
  const [name, body] = first;
  // The period that runs now is not whole: its sums would always fall.
  const to = Math.floor(Date.now() / PERIOD_MS) * PERIOD_MS;
  const range = { from: to - RANGE_MS, to, periodMs: PERIOD_MS };
  const page = dashboardPage({
    name,
    widgets: viewDashboard(body, cloudwatch.metrics, range),
    alarms: alarmStatuses(cloudwatch, settings.timeFactor),
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
  respond(response, 200, headers, page);
}

function alarmStatuses(
  cloudwatch: CloudWatchRuntime,
  timeFactor: number | undefined,
): ReadonlyMap<string, AlarmStatus> {
  const now = Date.now();
  const statuses = new Map<string, AlarmStatus>();
  const states = new Map<string, AlarmState>();
  for (const [arn, alarm] of cloudwatch.alarms) {
    const { name, description } = alarm;
    const state = alarm.state(cloudwatch.metrics, now, "INSUFFICIENT_DATA", timeFactor);
    states.set(name, state);
    statuses.set(arn, { name, description, state });
  }
  for (const [arn, alarm] of cloudwatch.compositeAlarms) {
    const { name, description } = alarm;
    statuses.set(arn, { name, description, state: alarm.state((child) => states.get(child) ?? "INSUFFICIENT_DATA") });
  }
  return statuses;
}
