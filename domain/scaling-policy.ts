/** Comparison of a value with an alarm's threshold, in CloudWatch's terms. */
export type AlarmComparison =
  | "GreaterThanThreshold"
  | "GreaterThanOrEqualToThreshold"
  | "LessThanThreshold"
  | "LessThanOrEqualToThreshold";

export interface AlarmRule {
  readonly comparison: AlarmComparison;
  readonly threshold: number;
  /** Evaluated points. */
  readonly evaluationPeriods: number;
  /** How many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: "missing" | "ignore" | "breaching" | "notBreaching";
}

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

interface UtilizationRule {
  readonly comparison: AlarmComparison;
  readonly thresholdPercent: number;
  readonly periodSeconds: number;
  /** All of this many periods in a row must breach. */
  readonly periods: number;
  /** Instances added; negative: removed. */
  readonly adjustment: number;
}

/**
 * The required rule: over 70 % for 3 minutes adds an instance, under 30 % for 10 minutes removes one.
 * Target tracking can't express it (its alarms are AWS's own), so it is step scaling with our alarms.
 */
export const GPU_UTILIZATION_SCALING: Readonly<Record<"scaleOut" | "scaleIn", UtilizationRule>> = {
  scaleOut: {
    comparison: "GreaterThanThreshold",
    thresholdPercent: 70,
    periodSeconds: 60,
    periods: 3,
    adjustment: 1,
  },
  scaleIn: {
    comparison: "LessThanThreshold",
    thresholdPercent: 30,
    periodSeconds: 60,
    periods: 10,
    adjustment: -1,
  },
};

/**
 * An alarm's state after its last periods.
 * @param points one per period, oldest first; `undefined` where nothing was measured
 */
export function alarmState(rule: AlarmRule, points: readonly (number | undefined)[], before: AlarmState): AlarmState {
  const looked = points.slice(-rule.evaluationPeriods);
  if (looked.every((point) => point === undefined)) {
    if (rule.treatMissingData === "missing") return "INSUFFICIENT_DATA";
    if (rule.treatMissingData === "ignore") return before;
  }
  const missing = rule.treatMissingData === "breaching";
  const breaches = looked.filter((point) => (point === undefined ? missing : isBreaching(rule, point)));
  return breaches.length >= rule.datapointsToAlarm ? "ALARM" : "OK";
}

function isBreaching({ comparison, threshold }: AlarmRule, value: number): boolean {
  switch (comparison) {
    case "GreaterThanThreshold":
      return value > threshold;
    case "GreaterThanOrEqualToThreshold":
      return value >= threshold;
    case "LessThanThreshold":
      return value < threshold;
    case "LessThanOrEqualToThreshold":
      return value <= threshold;
  }
}

/** One step of a step-scaling policy: applies while the value is between the bounds, counted from the threshold. */
export interface ScalingStep {
  /** @default - no lower end */
  readonly lowerBound?: number;
  /** @default - no upper end */
  readonly upperBound?: number;
  /** Instances added; negative: removed. */
  readonly adjustment: number;
}

/**
 * The adjustment for a value that is `distance` above (negative: below) the alarm's threshold; 0 where no step applies.
 * Like AWS, the bound nearer to the threshold belongs to the step.
 */
export function stepAdjustment(steps: readonly ScalingStep[], distance: number): number {
  const step = steps.find(({ lowerBound = Number.NEGATIVE_INFINITY, upperBound = Number.POSITIVE_INFINITY }) =>
    distance >= 0 ? distance >= lowerBound && distance < upperBound : distance > lowerBound && distance <= upperBound,
  );
  return step?.adjustment ?? 0;
}

export interface GroupCapacity {
  readonly desired: number;
  /** Instances that serve and are warmed up. */
  readonly warm: number;
  /** Instances that are being taken out. */
  readonly leaving: number;
  readonly min: number;
  readonly max: number;
}

/**
 * The desired capacity after a step. As on AWS an alarm that stays on does not add up: instances that still start
 * count as the step's own result, and so do those that still leave; nothing is removed while something starts.
 */
export function desiredAfterStep(adjustment: number, { desired, warm, leaving, min, max }: GroupCapacity): number {
  const bounded = (count: number) => Math.min(max, Math.max(min, count));
  if (adjustment > 0) return Math.max(desired, bounded(warm + adjustment));
  if (adjustment < 0 && warm >= desired) return Math.min(desired, bounded(warm + leaving + adjustment));
  return desired;
}
