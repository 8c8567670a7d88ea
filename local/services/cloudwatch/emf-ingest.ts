import { asList, asNumber, asObject, asText, isObject, type Json, type JsonObject } from "../../template/json.ts";
import type { MetricStore } from "./metric-store.ts";

/**
 * Takes the metrics of one log line into the store, as CloudWatch Logs does with lines in the embedded metric format.
 * @returns whether it was such a line; any other line is none of its business
 * @throws when it claims to be one and breaks the format: CloudWatch would drop it in silence
 */
export function ingestEmf(line: string, store: MetricStore): boolean {
  if (!line.startsWith("{") || !line.includes('"_aws"')) return false;
  const document = asObject(parsed(line));
  const { Timestamp, CloudWatchMetrics } = asObject(document._aws);
  for (const directive of asList(CloudWatchMetrics).map(asObject)) {
    const sets = asList(directive.Dimensions).map((set) => asList(set).map(asText));
    for (const metric of asList(directive.Metrics).map(asObject)) {
      const name = asText(metric.Name);
      const unit = metric.Unit === undefined ? {} : { unit: asText(metric.Unit) };
      for (const set of sets)
        store.put({
          namespace: asText(directive.Namespace),
          name,
          dimensions: Object.fromEntries(set.map((key) => [key, asText(document[key])])),
          time: asNumber(Timestamp),
          ...unit,
          ...valuesOf(document, name),
        });
    }
  }
  return true;
}

function parsed(line: string): Json {
  const value: Json = JSON.parse(line);
  return value;
}

function valuesOf(document: JsonObject, name: string): { values: readonly number[]; counts?: readonly number[] } {
  const value = document[name];
  if (isObject(value))
    return { values: asList(value.Values).map(asNumber), counts: asList(value.Counts).map(asNumber) };
  return { values: Array.isArray(value) ? value.map(asNumber) : [asNumber(value)] };
}
