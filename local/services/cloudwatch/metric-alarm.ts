import { type AlarmComparison, type AlarmRule, type AlarmState, alarmState } from "../../../domain/scaling-policy.ts";
import { asNumber, asText, block, blocks, isObject, type Json, type JsonObject } from "../../template/json.ts";
import { evaluateMath, type Points } from "./metric-math.ts";
import type { MetricPoint, MetricQuery, MetricStore } from "./metric-store.ts";

const COMPARISONS: readonly AlarmComparison[] = [
  "GreaterThanThreshold",
  "GreaterThanOrEqualToThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
];

/** An `aws_cloudwatch_metric_alarm` over the metrics of the twin. */
export class MetricAlarm {
  readonly name: string;
  readonly description: string;
  readonly rule: AlarmRule;
  readonly periodSeconds: number;
  /** ARNs of what it sets off. */
  readonly actions: readonly string[];
  readonly #config: JsonObject;

  /** @throws when it compares in a way that the twin does not know */
  constructor(config: JsonObject) {
    this.#config = config;
    this.actions = Array.isArray(config.alarm_actions) ? config.alarm_actions.map(asText) : [];
    this.name = asText(config.alarm_name);
    this.description = asText(config.alarm_description ?? "");
    const comparison = COMPARISONS.find((known) => known === config.comparison_operator);
    if (!comparison)
      throw new Error(`alarm ${this.name}: the twin does not know ${String(config.comparison_operator)}`);
    const evaluationPeriods = asNumber(config.evaluation_periods);
    this.rule = {
      comparison,
      threshold: asNumber(config.threshold),
      evaluationPeriods,
      datapointsToAlarm: asNumber(config.datapoints_to_alarm ?? evaluationPeriods),
      treatMissingData: treatment(config.treat_missing_data),
    };
    const inner = blocks(config.metric_query)
      .map((query) => block(query.metric))
      .find((metric) => metric !== undefined);
    this.periodSeconds = asNumber(config.period ?? inner?.period);
  }

  /**
   * Its state at a time, from the periods that are over.
   * @param factor periods are this much shorter than on AWS @default 1
   */
  state(store: MetricStore, now: number, before: AlarmState = "INSUFFICIENT_DATA", factor = 1): AlarmState {
    return alarmState(this.rule, this.#periodValues(store, now, factor), before);
  }

  /** The newest value in the periods that `state` evaluates. */
  latest(store: MetricStore, now: number, factor = 1): number | undefined {
    return this.#periodValues(store, now, factor).findLast((value) => value !== undefined);
  }

  /** One value per period that is over, oldest first; `undefined` where there is none. */
  #periodValues(store: MetricStore, now: number, factor: number): readonly (number | undefined)[] {
    const periodMs = (this.periodSeconds * 1000) / factor;
    const to = Math.floor(now / periodMs) * periodMs;
    const from = to - this.rule.evaluationPeriods * periodMs;
    const points = new Map(
      this.#points(store, { periodMs, from, to }).map(({ time, value }) => [time, value] as const),
    );
    return Array.from({ length: this.rule.evaluationPeriods }, (_, index) => points.get(from + index * periodMs));
  }

  #points(store: MetricStore, range: Pick<MetricQuery, "periodMs" | "from" | "to">): readonly MetricPoint[] {
    const config = this.#config;
    const queries = blocks(config.metric_query);
    if (queries.length === 0) {
      const statistic = asText(config.extended_statistic ?? config.statistic);
      return store.query({ ...seriesOf(config), statistic, ...range });
    }
    const series = new Map<string, Points>();
    let expression: string | undefined;
    for (const query of queries) {
      const metric = block(query.metric);
      if (!metric) expression = asText(query.expression);
      else {
        const points = store.query({ ...seriesOf(metric), statistic: asText(metric.stat), ...range });
        series.set(asText(query.id), new Map(points.map(({ time, value }) => [time, value])));
      }
    }
    if (expression === undefined) throw new Error(`alarm ${this.name}: the twin wants one expression over its metrics`);
    return evaluateMath(expression, { series, periodSeconds: range.periodMs / 1000 });
  }
}

function seriesOf(config: JsonObject): Pick<MetricQuery, "namespace" | "name" | "dimensions"> {
  const dimensions = isObject(config.dimensions) ? config.dimensions : {};
  return {
    namespace: asText(config.namespace),
    name: asText(config.metric_name),
    dimensions: Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [name, asText(value)])),
  };
}

function treatment(value: Json | undefined): AlarmRule["treatMissingData"] {
  if (value === "breaching" || value === "notBreaching" || value === "ignore") return value;
  return "missing";
}
