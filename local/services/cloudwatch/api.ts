import type { JsonOperations } from "../../aws-api/endpoint.ts";
import { asList, asNumber, asObject, asText, type JsonObject } from "../../template/json.ts";
import type { MetricPoint, MetricStore } from "./metric-store.ts";

/** What functions call of CloudWatch's API. */
export function cloudWatchOperations(store: MetricStore): JsonOperations {
  return { GetMetricData: (request) => getMetricData(request, store) };
}

/**
 * CloudWatch's `GetMetricData` over the store, as the JSON protocol has it (times in seconds). It knows two forms of query:
 * one metric, and the sum of a search by the values of all dimensions; newest values come first, which is AWS's default.
 * @throws when a query has another form
 */
export function getMetricData(request: JsonObject, store: MetricStore): JsonObject {
  const [from, to] = [asNumber(request.StartTime) * 1000, asNumber(request.EndTime) * 1000];
  const results = asList(request.MetricDataQueries).map((each) => {
    const { Id, Expression, MetricStat } = asObject(each);
    const window = { from, to, store };
    const points =
      MetricStat === undefined ? sumOfSearch(asText(Expression), window) : oneMetric(asObject(MetricStat), window);
    return {
      Id: asText(Id),
      Label: asText(Id),
      Timestamps: points.map(({ time }) => time / 1000),
      Values: points.map(({ value }) => value),
      StatusCode: "Complete",
    };
  });
  return { MetricDataResults: results };
}

interface Window {
  readonly from: number;
  readonly to: number;
  readonly store: MetricStore;
}

function oneMetric({ Metric, Period, Stat }: JsonObject, { from, to, store }: Window): readonly MetricPoint[] {
  const { Namespace, MetricName, Dimensions } = asObject(Metric);
  const dimensions = asList(Dimensions).map((each) => {
    const { Name, Value } = asObject(each);
    return [asText(Name), asText(Value)] as const;
  });
  const metric = {
    namespace: asText(Namespace),
    name: asText(MetricName),
    dimensions: Object.fromEntries(dimensions),
  };
  const query = { ...metric, statistic: asText(Stat), periodMs: asNumber(Period) * 1000, from, to };
  return store.query(query).toSorted((a, b) => b.time - a.time);
}

const SUM_OF_SEARCH = /^SUM\(SEARCH\('\{([^,{}]+),([^{}]+)\} ([^']*)', '(\w+)', (\d+)\)\)$/;
const WANTED = /^(?:[\w.]+="[^"]*"(?: |$))+$/;

function sumOfSearch(expression: string, { from, to, store }: Window): readonly MetricPoint[] {
  const [, namespace, names = "", terms = "", statistic = "", seconds] = SUM_OF_SEARCH.exec(expression) ?? [];
  if (namespace === undefined || !WANTED.test(terms))
    throw new Error(
      `the twin knows SUM(SEARCH('{namespace,dimensions} Name="value" …', 'Sum', seconds)), got ${expression}`,
    );
  const dimensionNames = names.split(",").sort().join();
  const wanted = [...terms.matchAll(/([\w.]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value] as const);
  const found = store
    .list()
    .filter(
      (metric) =>
        metric.namespace === namespace &&
        Object.keys(metric.dimensions).sort().join() === dimensionNames &&
        wanted.every(([name, value]) => (name === "MetricName" ? metric.name : metric.dimensions[name]) === value),
    );
  const sums = new Map<number, number>();
  for (const metric of found)
    for (const { time, value } of store.query({ ...metric, statistic, periodMs: Number(seconds) * 1000, from, to }))
      sums.set(time, (sums.get(time) ?? 0) + value);
  return [...sums].map(([time, value]) => ({ time, value })).sort((a, b) => b.time - a.time);
}
