import { LONGEST_PAUSE_MS } from "../../domain/audit/verify-heads.ts";

/** Limits of the alarms. The dashboard draws these as lines in its charts. */

/** Milliseconds within which 99 of 100 requests must end: the service objective of docs/requirements.md. */
export const LATENCY_P99_LIMIT_MS = 5000;
/** Share of requests that fail on our side: well above single failures, well below an outage. */
export const ERROR_RATE_LIMIT_PERCENT = 5;
/** Share of a pool's request capacity in use: the last tenth fills within seconds. */
export const SATURATION_LIMIT_PERCENT = 90;
/** Seconds from launch within which an engine should be ready: docs/requirements.md, 1.2. */
const READY_WITHIN_SECONDS = 300;
/** Seconds in a gateway's queue: a third of the longest wait (15 s in our environments), after which a request gets 503. */
export const QUEUE_AGE_LIMIT_SECONDS = 5;

/** Organisations whose audit events could not be sealed. */
export const UNSEALED_CHAINS_LIMIT = 1;
/** Minutes without a sealed minute: from then on, a verification of the audit trail reports a gap. */
export const SEALING_PAUSE_MINUTES = LONGEST_PAUSE_MS / 60_000;

/** Seconds for which usage events may wait on a gateway's disk: the metric counts from the first that waits. */
export const USAGE_WAIT_LIMIT_SECONDS = 900;

/** Firehose tries for two hours, after which events go to the bucket of failed ones: time enough to act. */
export const SIEM_DELAY_LIMIT_MINUTES = 15;

/**
 * Minutes after which a start counts as slow: those of the requirement or, where starts may take much longer, half of the
 * time after which one without progress is given up; never more than that time.
 */
export function slowStartMinutes(startupSeconds: number): number {
  const seconds = Math.max(Math.min(READY_WITHIN_SECONDS, startupSeconds), startupSeconds / 2);
  return Math.max(1, Math.floor(seconds / 60));
}
