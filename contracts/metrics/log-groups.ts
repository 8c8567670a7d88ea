/**
 * Log groups of an environment's processes. The stacks create them with their retention, the agents on the instances
 * write to them.
 */
export const LOG_SOURCES = ["gateway", "gateway-metrics", "engine", "engine-metrics"] as const;
/** `…-metrics` hold lines in the embedded metric format, from which CloudWatch makes metrics; the others hold logs. */
export type LogSource = (typeof LOG_SOURCES)[number];

/** @param resourceName start of the names of the environment's resources, e.g. `sluice-dev` */
export function logGroupName(resourceName: string, source: LogSource): string {
  return `/sluice/${resourceName}/${source}`;
}

/** Metrics are required for 30 days. CloudWatch keeps minutes for 15 days; their log lines are retained this long. */
export const METRICS_LOG_MIN_DAYS = 30;
