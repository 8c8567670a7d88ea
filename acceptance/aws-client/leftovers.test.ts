import { expect, test } from "vitest";
import { leftOver, notFound } from "./leftovers.ts";

test("resources of before the apply are no leftovers", () => {
  expect(leftOver(["VPC vpc-1", "role a"], ["VPC vpc-1", "role b"])).toEqual(["role b"]);
});

test("an inventory without a type that the stacks have is reported, because its leftovers would not be found", () => {
  const inventory = ["alarm sluice-dev-down", "VPC vpc-1"];
  expect(notFound(inventory, new Set(["aws_vpc", "aws_cloudwatch_metric_alarm"]))).toEqual([]);
  expect(notFound(inventory, new Set(["aws_vpc", "aws_cloudwatch_composite_alarm", "aws_sns_topic"]))).toEqual([
    "composite alarm",
    "topic",
  ]);
});

test("a type that no stack has may be absent", () => {
  expect(notFound([], new Set(["aws_route"]))).toEqual([]);
});
