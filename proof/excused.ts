/**
 * What the apply proof does not prove, each with what covers it instead. This list may only shrink: a gap that an
 * emulator or a newer provider closes is taken out, and nothing is added that the code under proof could do otherwise.
 */
export interface Excuse {
  readonly what: string;
  readonly why: string;
  readonly coveredBy: string;
}

/** Attributes and types that the bench's provider does not know: `type.attribute`. */
export const DROPS: readonly Excuse[] = [];

/** A value that AWS takes and the bench's older provider refuses. */
export interface ExcusedValue extends Excuse {
  readonly type: string;
  readonly attribute: string;
  readonly value: string;
  readonly instead: string;
  /** Provider version from which it stays as it is. */
  readonly acceptedFrom: string;
}

export const VALUES: readonly ExcusedValue[] = [
  {
    what: "aws_lambda_function.runtime = nodejs24.x",
    type: "aws_lambda_function",
    attribute: "runtime",
    value: "nodejs24.x",
    instead: "nodejs22.x",
    acceptedFrom: "6.25.0",
    why: "provider 5.100.0 is older than the runtime and validates its name",
    coveredBy: "the twin runs the very bundle on Node 24",
  },
];

/** Operations that the front door answers itself: `service operation`. */
export const ECHOES: readonly Excuse[] = [
  {
    what: "monitoring PutCompositeAlarm",
    why: "neither emulator has composite alarms; the front door keeps what was asked and describes it",
    coveredBy: "the monitoring stack's tests of the alarm's rule",
  },
  {
    what: "autoscaling StartInstanceRefresh",
    why: "neither emulator has instance refreshes; the answer is made up",
    coveredBy: "the fleet's tests of its instance_refresh block",
  },
  {
    what: "autoscaling DescribeInstanceRefreshes",
    why: "neither emulator has instance refreshes; it always says that none runs",
    coveredBy: "the fleet's tests of its instance_refresh block",
  },
];

/** The whole list. */
export const EXCUSES: readonly Excuse[] = [...DROPS, ...VALUES, ...ECHOES];
