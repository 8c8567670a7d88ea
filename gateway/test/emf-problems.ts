import * as z from "zod";
import { EMF_LIMITS } from "../metrics/emf.ts";

const values = z.array(z.number()).min(1).max(EMF_LIMITS.values);
const Metric = z.union([
  z.number(),
  z.strictObject({
    Values: values,
    Counts: values,
    Min: z.number(),
    Max: z.number(),
    Count: z.number(),
    Sum: z.number(),
  }),
]);
const Directive = z.strictObject({
  Namespace: z.string().min(1).max(255),
  Dimensions: z.array(z.array(z.string()).max(30)).min(1),
  Metrics: z
    .array(z.strictObject({ Name: z.string().min(1).max(255), Unit: z.string() }))
    .min(1)
    .max(EMF_LIMITS.metrics),
});
const Line = z.looseObject({
  _aws: z.strictObject({ Timestamp: z.int().min(0), CloudWatchMetrics: z.array(Directive).min(1) }),
});

/** CloudWatch takes log events up to 256 KiB. */
const MAX_LINE_BYTES = 256 * 1024;

/** For tests: what CloudWatch would not take of a line in the embedded metric format. Empty when it is right. */
export function emfProblems(text: string): readonly string[] {
  const problems: string[] = [];
  if (text.includes("\n")) problems.push("is more than one line");
  if (Buffer.byteLength(text) > MAX_LINE_BYTES) problems.push("is over 256 KiB");
  const parsed = Line.safeParse(JSON.parse(text));
  if (!parsed.success) return [...problems, parsed.error.message];
  for (const { Dimensions, Metrics } of parsed.data._aws.CloudWatchMetrics) {
    for (const name of Dimensions.flat()) {
      const value = parsed.data[name];
      if (typeof value !== "string" || value === "" || value.length > 1024)
        problems.push(`dimension ${name} must be text of 1 to 1024 characters, got ${JSON.stringify(value)}`);
    }
    for (const { Name } of Metrics) {
      const metric = Metric.safeParse(parsed.data[Name]);
      if (!metric.success) problems.push(`metric ${Name}: ${metric.error.message}`);
      else if (typeof metric.data === "object" && metric.data.Values.length !== metric.data.Counts.length)
        problems.push(`metric ${Name} has ${metric.data.Values.length} values and ${metric.data.Counts.length} counts`);
    }
  }
  return problems;
}
