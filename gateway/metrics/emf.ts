import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";
import type { Distribution } from "./distribution.ts";

/** CloudWatch refuses more metrics in one object, and longer arrays of values. */
export const EMF_LIMITS = { metrics: 100, values: 100 } as const;

export interface EmfValue {
  readonly metric: MetricEntry;
  readonly value: number | Distribution;
}

export interface EmfRecord {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly EmfValue[];
}

/**
 * Lines in CloudWatch's embedded metric format, one JSON object each. All metrics of a record share namespace and
 * dimensions; each goes to those of its dimension sets that the record has. A distribution with more values than an
 * array may hold continues in a further line: CloudWatch adds them up.
 */
export function emfLines({ time, dimensions, values }: EmfRecord): readonly string[] {
  const lines: string[] = [];
  let rest = values
    .map(({ metric, value }) => ({ metric, parts: partsOf(value) }))
    .filter(({ parts }) => parts.length > 0);
  while (rest.length > 0) {
    const now = rest.slice(0, EMF_LIMITS.metrics);
    lines.push(line(time, dimensions, now));
    rest = [
      ...now.map(({ metric, parts }) => ({ metric, parts: parts.slice(1) })),
      ...rest.slice(EMF_LIMITS.metrics),
    ].filter(({ parts }) => parts.length > 0);
  }
  return lines;
}

interface Parts {
  readonly metric: MetricEntry;
  readonly parts: readonly unknown[];
}

function line(time: number, dimensions: Readonly<Record<string, string>>, metrics: readonly Parts[]): string {
  const directives = Map.groupBy(metrics, ({ metric }) =>
    JSON.stringify([metric.namespace, setsOf(metric, dimensions)]),
  );
  return JSON.stringify({
    _aws: {
      Timestamp: time,
      CloudWatchMetrics: [...directives.values()].flatMap(([first, ...others]) =>
        first === undefined
          ? []
          : [
              {
                Namespace: first.metric.namespace,
                Dimensions: setsOf(first.metric, dimensions),
                Metrics: [first, ...others].map(({ metric }) => ({ Name: metric.name, Unit: metric.unit })),
              },
            ],
      ),
    },
    ...dimensions,
    ...Object.fromEntries(metrics.map(({ metric, parts }) => [metric.name, parts[0]])),
  });
}

function setsOf(metric: MetricEntry, dimensions: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  return metric.dimensions.filter((set) => set.every((name) => Object.hasOwn(dimensions, name)));
}

function partsOf(value: number | Distribution): readonly unknown[] {
  if (typeof value === "number") return Number.isFinite(value) ? [value] : [];
  const bins = value.bins();
  const count = Math.ceil(bins.length / EMF_LIMITS.values);
  return Array.from({ length: count }, (_, index) => {
    const part = bins.slice(index * EMF_LIMITS.values, (index + 1) * EMF_LIMITS.values);
    return {
      Values: part.map(({ value: mean }) => rounded(mean)),
      Counts: part.map((bin) => bin.count),
      Min: rounded(part[0]?.value ?? 0),
      Max: rounded(part.at(-1)?.value ?? 0),
      Count: part.reduce((sum, bin) => sum + bin.count, 0),
      Sum: rounded(part.reduce((sum, bin) => sum + bin.value * bin.count, 0)),
    };
  });
}

/** A microsecond is finer than anything here is measured. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
