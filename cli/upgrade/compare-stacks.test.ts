import { describe, expect, test } from "vitest";
import { compareStacks, hasData, type StackDocument } from "./compare-stacks.ts";

const table = (values: object = {}) => ({ name: "keys", hash_key: "id", ...values });
const stack = (resource: StackDocument["resource"] = {}, others: Omit<StackDocument, "resource"> = {}) => ({
  terraform: { backend: { s3: { key: "dev/data" } } },
  resource,
  ...others,
});
const before = stack({ aws_dynamodb_table: { Keys: table() }, aws_sns_topic: { Alarms: { name: "a" } } });

describe("the stacks of two versions", () => {
  test("that are equal have no changes", () => {
    expect(compareStacks(before, structuredClone(before))).toEqual({ add: [], change: [], remove: [], losses: [] });
  });

  test("show what is added, changed with its arguments, and removed; metadata of the kit is no argument", () => {
    const after = stack({
      aws_dynamodb_table: { Keys: { ...table({ billing_mode: "PROVISIONED" }), "//": { metadata: 1 } } },
      aws_sqs_queue: { Dead: {} },
    });
    expect(compareStacks(before, after)).toEqual({
      add: ["aws_sqs_queue.Dead"],
      change: [{ address: "aws_dynamodb_table.Keys", arguments: ["billing_mode"] }],
      remove: ["aws_sns_topic.Alarms"],
      losses: [],
    });
  });

  test("lose data where a table is removed, or replaced by an argument that can't be changed in place", () => {
    expect(compareStacks(before, stack({})).losses).toEqual(["aws_dynamodb_table.Keys would be removed"]);
    expect(compareStacks(before, undefined).losses).toEqual(["aws_dynamodb_table.Keys would be removed"]);
    const after = stack({ ...before.resource, aws_dynamodb_table: { Keys: table({ hash_key: "other" }) } });
    expect(compareStacks(before, after).losses).toEqual([
      "aws_dynamodb_table.Keys would be replaced, for its hash_key changes",
    ]);
  });

  test("lose no data where a resource has another name and a moved block", () => {
    const after = stack(
      { aws_dynamodb_table: { ApiKeys: table() }, aws_sns_topic: { Alarms: { name: "a" } } },
      { moved: [{ from: "aws_dynamodb_table.Keys", to: "aws_dynamodb_table.ApiKeys" }] },
    );
    expect(compareStacks(before, after)).toEqual({ add: [], change: [], remove: [], losses: [] });
  });

  test("lose no data where a removed block leaves the resource in AWS, and lose it where the block destroys", () => {
    const removed = (destroy: boolean) =>
      stack({}, { removed: [{ from: "aws_dynamodb_table.Keys", lifecycle: { destroy } }] });
    expect(compareStacks(before, removed(false)).losses).toEqual([]);
    expect(compareStacks(before, removed(true)).losses).toEqual(["aws_dynamodb_table.Keys would be removed"]);
  });

  test("lose data where the state has another location", () => {
    const moved = { ...before, terraform: { backend: { s3: { key: "dev/tables" } } } };
    expect(compareStacks(before, moved).losses).toEqual([
      "its state would be at dev/tables and no longer at dev/data, so that every resource is made anew",
    ]);
  });
});

test("buckets, tables, keys and stores hold data, by the address in a plan too; functions do not", () => {
  const types = ["aws_s3_bucket", "aws_dynamodb_table", "aws_kms_key", "aws_elasticache_replication_group"];
  for (const type of types) expect([hasData(`${type}.X`), hasData(`module.a.${type}.X["k"]`)]).toEqual([true, true]);
  expect(hasData("aws_lambda_function.X")).toBe(false);
});
