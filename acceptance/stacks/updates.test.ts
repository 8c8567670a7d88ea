import { describe, expect, test } from "vitest";
import { isProtected, withoutProtection } from "./protection.ts";
import { unwantedChanges, updateOf } from "./updates.ts";

describe("an update", () => {
  test("is the stack's own, or one for its types", () => {
    expect(updateOf("network", {}).what).toBe("a rule's description");
    const monitoring = {
      resource: { aws_cloudwatch_metric_alarm: { A: { threshold: 1 }, B: { threshold_metric_id: "x" } } },
    };
    expect(updateOf("monitoring", monitoring).edit(monitoring)).toEqual({
      resource: { aws_cloudwatch_metric_alarm: { A: { threshold: 2 }, B: { threshold_metric_id: "x" } } },
    });
  });

  test("of the serving stack changes the drain time of the target groups that have one", () => {
    const serving = {
      variable: { gateway_max_instances: { default: 2 } },
      resource: {
        aws_lb_target_group: { Gateways: { deregistration_delay: "100" }, Function: { target_type: "lambda" } },
      },
    };
    expect(updateOf("serving", serving).edit(serving)).toEqual({
      variable: { gateway_max_instances: { default: 3 } },
      resource: {
        aws_lb_target_group: { Gateways: { deregistration_delay: "101" }, Function: { target_type: "lambda" } },
      },
    });
  });

  test("that is missing in the table is an error", () => {
    expect(() => updateOf("other", { resource: {} })).toThrow(/no update to try on other; add one to UPDATES/);
  });

  test("may change resources of its types in place, and nothing else", () => {
    const changes = [
      "  # aws_lb_target_group.Gateways will be updated in-place",
      "      ~ deregistration_delay = 60 -> 61",
      "  # aws_lb.Main will be updated in-place",
      "  # aws_lb_target_group.Engines must be replaced",
      "  # aws_lb_target_group.Old will be destroyed",
    ];
    expect(unwantedChanges(changes, ["aws_lb_target_group"])).toEqual([changes[2], changes[3], changes[4]]);
  });
});

describe("protection", () => {
  const bucket = (force: boolean, prevent: boolean) => ({
    resource: { aws_s3_bucket: { A: { force_destroy: force, lifecycle: { prevent_destroy: prevent } } } },
  });

  test("is removed everywhere before a destroy", () => {
    expect(withoutProtection(bucket(false, true))).toEqual(bucket(true, false));
    const table = { resource: { aws_dynamodb_table: { A: { deletion_protection_enabled: true } } } };
    expect(isProtected(table)).toBe(true);
    expect(isProtected(withoutProtection(table))).toBe(false);
  });
});
