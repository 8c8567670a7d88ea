import { describe, expect, test } from "vitest";
import { meetsConditions } from "./conditions.ts";

const meets = (operator: string, values: string | readonly string[], context: Record<string, string | string[]>) =>
  meetsConditions({ [operator]: { "aws:TagKeys": [values].flat() } }, context);
const with_ = (value: string | string[]) => ({ "aws:TagKeys": value });

describe("a condition", () => {
  test("is met by one of its values, and all conditions of a statement must be met", () => {
    expect(meets("StringEquals", ["a", "b"], with_("b"))).toBe(true);
    expect(meets("StringEquals", ["a", "b"], with_("c"))).toBe(false);
    const both = { StringEquals: { "aws:SourceAccount": ["1"] }, ArnLike: { "aws:SourceArn": ["arn:aws:s3:::*"] } };
    expect(meetsConditions(both, { "aws:SourceAccount": "1", "aws:SourceArn": "arn:aws:s3:::a" })).toBe(true);
    expect(meetsConditions(both, { "aws:SourceAccount": "2", "aws:SourceArn": "arn:aws:s3:::a" })).toBe(false);
  });

  test("names its key without regard to case, and its values with regard to it", () => {
    expect(meetsConditions({ StringEquals: { "AWS:SourceArn": ["a"] } }, { "aws:SourceArn": "a" })).toBe(true);
    expect(meets("StringEquals", "a", with_("A"))).toBe(false);
    expect(meets("StringEqualsIgnoreCase", "a", with_("A"))).toBe(true);
    expect(meets("Bool", "false", with_("False"))).toBe(true);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
  test("whose key the request lacks is not met, but by an operator that negates or ends with IfExists", () => {
    expect(meets("StringEquals", "a", {})).toBe(false);
    expect(meets("StringNotEquals", "a", {})).toBe(true);
    expect(meets("StringEqualsIfExists", "a", {})).toBe(true);
    expect(meets("StringEqualsIfExists", "a", with_("b"))).toBe(false);
    expect(meets("Null", "true", {})).toBe(true);
    expect(meets("Null", "true", with_("a"))).toBe(false);
  });

  test("that negates is met by a value that equals none of its own", () => {
    expect(meets("StringNotEquals", ["a", "b"], with_("c"))).toBe(true);
    expect(meets("StringNotEquals", ["a", "b"], with_("b"))).toBe(false);
    expect(meets("ArnNotLike", "arn:aws:s3:::*", with_("arn:aws:s3:::a"))).toBe(false);
  });

  test("reads wildcards in Like operators only, and in an ARN part by part", () => {
    expect(meets("StringLike", "weights/*", with_("weights/a"))).toBe(true);
    expect(meets("StringEquals", "weights/*", with_("weights/a"))).toBe(false);
    expect(meets("ArnEquals", "arn:aws:iam::*:role/a", with_("arn:aws:iam::1:role/a"))).toBe(true);
    expect(meets("ArnLike", "arn:aws:*:a", with_("arn:aws:iam::1:a"))).toBe(false);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
  test("for all values is met when each matches, or there is none; for any value when one matches", () => {
    expect(meets("ForAllValues:StringEquals", ["a", "b"], with_(["a", "b"]))).toBe(true);
    expect(meets("ForAllValues:StringEquals", ["a", "b"], with_(["a", "c"]))).toBe(false);
    expect(meets("ForAllValues:StringEquals", ["a"], {})).toBe(true);
    expect(meets("ForAnyValue:StringEquals", ["a"], with_(["a", "c"]))).toBe(true);
    expect(meets("ForAnyValue:StringEquals", ["a"], {})).toBe(false);
  });

  test("with an operator that is not known throws, so that none is silently met", () => {
    expect(() => meets("NumericLessThan", "1", with_("0"))).toThrow("NumericLessThan is not known");
  });
});
