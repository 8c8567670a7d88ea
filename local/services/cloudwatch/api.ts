import type { JsonOperations } from "../../aws-api/endpoint.ts";
import { asList, asNumber, asObject, asText, type JsonObject } from "../../template/json.ts";
import type { MetricPoint, MetricStore } from "./metric-store.ts";

/** What functions call of CloudWatch's API. */
export function cloudWatchOperations(store: MetricStore): JsonOperations {
  return { GetMetricData: (request) => getMetricData(request, store) };
}

/**
 * CloudWatch's `GetMetricData` over the store, as the JSON protocol has it (times in seconds). It knows one form of
 * query, the sum of a search by the values of all dimensions; newest values come first, which is AWS's default.
 * @throws when a query has another form
 */
export function getMetricData(request: JsonObject, store: MetricStore): JsonObject {
  const [from, to] = [asNumber(request.StartTime) * 1000, asNumber(request.EndTime) * 1000];
  const results = asList(request.MetricDataQueries).map((each) => {
    const { Id, Expression } = asObject(each);
    const points = sumOfSearch(asText(Expression), { from, to, store });
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
