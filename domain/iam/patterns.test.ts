import { describe, expect, test } from "vitest";
import { matchesAction, matchesArn, matchesWildcards } from "./patterns.ts";

describe("wildcards", () => {
  test("an asterisk stands for any characters, a question mark for one, and every other character for itself", () => {
    expect(matchesWildcards("sluice-*", "sluice-")).toBe(true);
    expect(matchesWildcards("a?c", "abc")).toBe(true);
    expect(matchesWildcards("a?c", "ac")).toBe(false);
    expect(matchesWildcards("a.c", "abc")).toBe(false);
  });
});

describe("an action pattern", () => {
  test("has the action that it names, in any case, and those that its asterisks stand for", () => {
    expect(matchesAction("ec2:CreateVpc", "ec2:createvpc")).toBe(true);
    expect(matchesAction("logs:*MetricFilter*", "logs:PutMetricFilter")).toBe(true);
    expect(matchesAction("*", "iam:PassRole")).toBe(true);
  });

  test("has no other action, and none of another service", () => {
    expect(matchesAction("ec2:CreateVpc", "ec2:CreateVpcEndpoint")).toBe(false);
    expect(matchesAction("ec2:*", "s3:CreateBucket")).toBe(false);
  });
});

describe("a resource pattern", () => {
  test("has the ARNs that its asterisks stand for, across slashes and colons of the resource", () => {
    expect(matchesArn("arn:aws:s3:::weights/*", "arn:aws:s3:::weights/a/b")).toBe(true);
    expect(matchesArn("arn:aws:logs:*:*:log-group:/sluice/*", "arn:aws:logs:eu-west-1:1:log-group:/sluice/a:*")).toBe(
      true,
    );
    expect(matchesArn("*", "arn:aws:s3:::weights")).toBe(true);
  });

  test("reaches from no part of an ARN into the next, and does not match without regard to case", () => {
    expect(matchesArn("arn:aws:s3:*:weights", "arn:aws:s3:::weights")).toBe(false);
    expect(matchesArn("arn:aws:s3:::weights/*", "arn:aws:s3:::weights")).toBe(false);
    expect(matchesArn("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/A")).toBe(false);
  });

  test("other than an asterisk alone does not have an action without resources", () => {
    expect(matchesArn("arn:aws:sns:eu-west-1:1:*", "*")).toBe(false);
    expect(matchesArn("*", "*")).toBe(true);
  });
});
