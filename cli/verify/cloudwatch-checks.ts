import { setTimeout as sleep } from "node:timers/promises";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import type { Finding } from "../doctor/finding.ts";
import type { AlarmFacts, CloudWatchFacts } from "./cloudwatch-facts.ts";
import type { Deployment, VerifyCheck } from "./deployment.ts";

/** CloudWatch shows a value about two minutes after it was written. */
const METRICS_LIMIT_MS = 240_000;
const POLL_MS = 5000;
/** Costs are published at five past each hour, for the hour before. */
const COST_WINDOW_MS = 2 * 3_600_000;
const MINUTE_MS = 60_000;

interface CloudWatchCheckProps {
  readonly deployment: Deployment;
  readonly facts: CloudWatchFacts;
  /** When the first request of this run was sent, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly now: () => number;
}

/** Whether the measurements of this run arrive, costs are published, and alarms are there and quiet. */
export function cloudWatchChecks(props: CloudWatchCheckProps): readonly VerifyCheck[] {
  return [
    { name: "metrics", run: (signal) => metricsFinding(props, signal) },
    { name: "cost metric", run: () => costFinding(props) },
    { name: "alarms", run: () => alarmsFinding(props) },
    { name: "alarm drill", mayDisturb: true, run: () => drillFinding(props) },
  ];
}

async function metricsFinding(
  { deployment, facts, startedAt, now }: CloudWatchCheckProps,
  signal: AbortSignal,
): Promise<Finding> {
  const from = Math.floor(startedAt / MINUTE_MS) * MINUTE_MS;
  const deadline = now() + METRICS_LIMIT_MS;
  const query = { environment: deployment.environment.name, periodSeconds: 60, from };
  for (;;) {
    const requests = await facts.sum({ ...query, metric: METRICS.requests, to: now() + MINUTE_MS });
    if (requests > 0)
      return {
        level: "ok",
        text: `${METRICS.requests.namespace} counts ${requests} requests since the first of this run`,
      };
    if (signal.aborted || now() > deadline) break;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  return {
    level: "fail",
    text: `no ${METRICS.requests.name} in ${METRICS.requests.namespace} within ${METRICS_LIMIT_MS / 1000} s of the requests`,
    remedy: "check the gateways' CloudWatch agent and their log group, /sluice/sluice-<environment>/gateway",
  };
}

async function costFinding({ deployment, facts, now }: CloudWatchCheckProps): Promise<Finding> {
  const { name: environment } = deployment.environment;
  const window = { environment, periodSeconds: 3600, from: now() - COST_WINDOW_MS, to: now() };
  const usd = await facts.sum({ ...window, metric: METRICS.hourlyCost });
  if (usd > 0) return { level: "ok", text: "the last hours' cost is published" };
  return {
    level: "warn",
    text: `no ${METRICS.hourlyCost.name} in ${METRICS.hourlyCost.namespace} in the last two hours`,
    remedy: "costs come at five past each hour: run verify again then; the function's log has its errors",
  };
}

async function alarmsFinding({ deployment, facts }: CloudWatchCheckProps): Promise<Finding> {
  const alarms = await facts.alarms(alarmPrefix(deployment));
  // Alarms of rollouts notify nobody: an instance refresh reads them.
  const silent = alarms.filter(({ name, actions }) => actions.length === 0 && !name.endsWith("-rollout"));
  const ringing = alarms.filter(({ state }) => state === "ALARM");
  const names = (list: readonly AlarmFacts[]) => list.map(({ name }) => name).join(", ");
  if (alarms.length === 0) return { level: "fail", text: "there is none", remedy: "deploy the monitoring stack" };
  if (silent.length > 0)
    return { level: "fail", text: `no action: ${names(silent)}`, remedy: "deploy the monitoring stack" };
  if (ringing.length > 0)
    return { level: "warn", text: `in alarm: ${names(ringing)}`, remedy: "docs/operations.md has a section for each" };
  return { level: "ok", text: `${alarms.length} alarms, none of them in alarm` };
}

/** Sets one alarm to ALARM and back to OK: each of its receivers gets a message. */
async function drillFinding({ deployment, facts }: CloudWatchCheckProps): Promise<Finding> {
  const name = `${alarmPrefix(deployment)}latency`;
  const stateOf = async () => (await facts.alarms(name)).find((alarm) => alarm.name === name);
  const before = await stateOf();
  if (before === undefined)
    return { level: "fail", text: `there is no alarm ${name}`, remedy: "deploy the monitoring stack" };
  await facts.setAlarmState(name, "ALARM", "Drill of sluice verify: nothing is wrong.");
  const during = await stateOf();
  await facts.setAlarmState(name, "OK", "End of the drill of sluice verify.");
  if (during?.state !== "ALARM")
    return { level: "fail", text: `${name} is ${during?.state} after it was set to ALARM`, remedy: "try again" };
  return {
    level: "ok",
    text: `${name} was set to ALARM and back; check that ${before.actions.join(", ")} sent a message`,
  };
}

function alarmPrefix({ environment }: Deployment): string {
  return `sluice-${environment.name}-`;
}
