import { describe, expect, test } from "vitest";
import { hasChanges, planSummary, summaryLines } from "./plan-summary.ts";

const change = (address: string, ...actions: readonly string[]) => ({ address, change: { actions } });
const summary = (resources: readonly object[], outputs: object = {}) =>
  planSummary(JSON.stringify({ format_version: "1.2", resource_changes: resources, output_changes: outputs }));

describe("a plan's summary", () => {
  test("counts resources by action, and lists those replaced or destroyed; reads and unchanged ones don't count", () => {
    const all = summary([
      change("aws_vpc.new", "create"),
      change("aws_lb.changed", "update"),
      change("aws_lb.first", "delete", "create"),
      change("aws_lb.second", "create", "delete"),
      change("aws_sns_topic.gone", "delete"),
      change("data.aws_region.here", "read"),
      change("aws_kms_key.kept", "no-op"),
    ]);
    expect(summaryLines("dev-edge", all)).toEqual([
      "dev-edge: 1 to add, 1 to change, 2 to replace, 1 to destroy",
      "  replace  aws_lb.first",
      "  replace  aws_lb.second",
      "  destroy  aws_sns_topic.gone",
    ]);
  });

  test("changed outputs alone are a change too: other stacks read them", () => {
    const outputs = summary([change("aws_vpc.a", "no-op")], { id: { actions: ["update"] }, x: { actions: ["no-op"] } });
    expect(hasChanges(outputs)).toBe(true);
    expect(summaryLines("dev-data", outputs)).toEqual(["dev-data: 1 outputs to change"]);
  });

  test("a plan without changes is summed up as no changes", () => {
    expect(summaryLines("dev-data", summary([change("aws_vpc.a", "no-op")]))).toEqual(["dev-data: no changes"]);
  });
});
